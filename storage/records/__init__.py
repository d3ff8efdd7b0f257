"""The shared vocabulary: frozen records and enumerations, one file per area. Pure; any thread."""
