-- What the hub keeps about itself, its users, their devices, and everything they ever sent.
create schema if not exists sync;
create schema if not exists desk;
revoke all on schema sync, desk from public;

create table if not exists sync.hub (
  one boolean primary key default true check (one),
  hub_id uuid not null default gen_random_uuid(),
  life integer not null default 1,           -- raised when history was rewritten by a restore
  schema_ver text not null,
  schema_epoch integer not null,             -- clients with another epoch pull everything again
  min_client text not null default '',       -- oldest schema that may still write
  made_at timestamptz not null default now(),
  bell_at timestamptz not null default now()
);

-- So many days a desk may be without the hub before it shows nothing more; 0: without end.
alter table sync.hub add column if not exists
  offline_days integer not null default 30 check (offline_days between 0 and 3650);

-- Nobody but the functions reads it; kept padded, as an answer is signed for every bundle.
create table if not exists sync.secret (
  one boolean primary key default true check (one),
  inner_pad bytea not null,
  outer_pad bytea not null
);

-- Schemas whose operations are understood here.
create table if not exists sync.schema_known (schema_ver text primary key);

create table if not exists sync.account (
  who name primary key,
  person_id uuid,
  title text not null default '',
  locked_at timestamptz,
  made_at timestamptz not null default now(),
  made_by name not null default session_user
);

-- scope = team number; -1 the command centre (everything); 0 belongs to everyone and is not listed.
create table if not exists sync.member (
  who name not null references sync.account,
  scope integer not null check (scope <> 0),
  primary key (who, scope)
);

create table if not exists sync.device (
  id uuid primary key,
  owner name not null references sync.account,
  name text not null default '',
  first_seen timestamptz not null default clock_timestamp(),
  last_seen timestamptz,
  cursor_at timestamptz,
  app_ver text not null default '',
  schema_ver text not null default '',
  clock_off_ms integer,
  unsent integer not null default 0,
  unsent_since timestamptz,
  revoked_at timestamptz,
  revoked_by name,
  wiped_at timestamptz
);

-- One officer on one device: the key that seals what travels by file, and the counters that
-- refuse a file a second time.
create table if not exists sync.device_key (
  device uuid not null references sync.device,
  who name not null references sync.account,
  key bytea not null,
  sent bigint not null default 0,
  received bigint not null default 0,
  primary key (device, who)
);

-- Where a change stands in the order of the hub is the engine's matter: 03_engine adds it.
create table if not exists sync.change (
  tbl smallint not null,
  id uuid not null,
  scope integer not null,
  at timestamptz not null default clock_timestamp()
) partition by range (at);
create table if not exists sync.change_other partition of sync.change default;

create table if not exists sync.bundle (
  id uuid primary key,
  device uuid not null,
  n bigint not null,
  actor name not null,
  label text not null,
  made_at text,
  clock_off_ms integer,
  schema_ver text not null,
  parent uuid,
  verdict text not null,
  detail jsonb,
  history text not null,
  replayed boolean not null default false,
  content text not null,
  lost jsonb,                                -- of a replay: its first history and versions
  at timestamptz not null default clock_timestamp()
) partition by range (id);
create index if not exists bundle_device on sync.bundle (device, n);
create table if not exists sync.bundle_other partition of sync.bundle default;

create table if not exists sync.op (
  bundle uuid not null,
  k integer not null,
  tbl smallint not null,
  row_id uuid not null,
  kind "char" not null,
  new jsonb,
  old jsonb,
  ver bigint,
  primary key (bundle, k)
) partition by range (bundle);
create index if not exists op_row on sync.op (row_id);
create table if not exists sync.op_other partition of sync.op default;

-- Columns that are only valid together; how an edit of them meets a newer value.
create table if not exists sync.rule (
  tbl smallint not null,
  grp text not null,
  cols text[] not null,
  rule text not null check (rule in ('cas', 'late')),
  legal boolean not null default false,
  primary key (tbl, grp)
);

-- Which role may send which kind of operation on which table. kind: I, U or R.
create table if not exists sync.right (
  tbl smallint not null,
  kind "char" not null,
  role name not null,
  primary key (tbl, kind, role)
);

-- What a request may ask for, the function that decides it, and who may ask.
create table if not exists sync.request_kind (
  kind text primary key,
  decides regprocedure not null,
  roles name[] not null
);

create table if not exists sync.gone (
  tbl smallint not null,
  id uuid not null,
  at timestamptz not null default clock_timestamp(),
  primary key (tbl, id)
);

create table if not exists sync.journal (
  id bigint generated always as identity primary key,
  at timestamptz not null default clock_timestamp(),
  who name not null default session_user,
  what text not null,
  facts jsonb not null default '{}'
);

-- Work that one transaction at a time may do; the others pass by instead of waiting.
create table if not exists sync.turn (what text primary key);

create or replace function sync.take_turn(p_what text) returns boolean
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
begin
  insert into sync.turn values (p_what) on conflict do nothing;
  perform 1 from sync.turn where what = p_what for update skip locked;
  return found;
end $$;
