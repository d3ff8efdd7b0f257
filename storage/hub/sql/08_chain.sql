-- The chain over decided bundles: each link holds the hash of the one before, so that whoever
-- rewrites one bundle must rewrite every later link, and the heads on paper say otherwise.
--
-- A link covers all that is stored of a bundle, not only what was sent: sender, device, verdict
-- and the versions it produced. Bundles that only wait for another schema are not decided.
create table if not exists sync.chain (
  seq bigint primary key,
  bundle uuid not null unique,
  content text not null,
  link text not null,
  at timestamptz not null default clock_timestamp()
);

-- Decided and not linked yet. Filled in the transaction of the verdict, so that a sealing sees
-- what is committed and nothing else, on every engine and after every restore.
create table if not exists sync.unsealed (bundle uuid not null);

create or replace function sync.await_sealing() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  insert into sync.unsealed select id from made where verdict <> 'upgrade';
  return null;
end $$;
drop trigger if exists await_sealing on sync.bundle;
create trigger await_sealing after insert on sync.bundle
  referencing new table as made for each statement execute function sync.await_sealing();

-- What is linked: one line of JSON that reads the same whatever the session's settings are. For
-- many at once: a lookup for each costs as much as judging it.
drop function if exists sync.sealed_text(uuid);
create or replace function sync.sealed_texts(p_bundles uuid[]) returns table (bundle uuid, body text)
language sql stable set search_path = pg_catalog, pg_temp as $$
  with made as (
    select o.bundle, jsonb_agg(jsonb_build_array(o.k, o.tbl, o.row_id, o.kind, o.new, o.old, o.ver)
      order by o.k) as ops
    from sync.op o where o.bundle = any (p_bundles) group by o.bundle)
  select b.id, jsonb_build_object('id', b.id, 'device', b.device, 'n', b.n, 'actor', b.actor,
    'label', b.label, 'made_at', b.made_at, 'clock_off_ms', b.clock_off_ms,
    'schema_ver', b.schema_ver, 'parent', b.parent, 'verdict', b.verdict, 'detail', b.detail,
    'history', b.history, 'replayed', b.replayed, 'content', b.content, 'lost', b.lost,
    'at', to_char(b.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
    'ops', coalesce(m.ops, '[]'))::text
  from sync.bundle b left join made m on m.bundle = b.id where b.id = any (p_bundles)
$$;

-- Links what was decided since the last sealing, in one order for ever. Bundles of transactions
-- still open come with a later sealing; nobody waits.
create or replace function sync.seal() returns integer
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  place bigint;
  head text;
  b record;
  waiting uuid[];
  seqs bigint[] := '{}';
  ids uuid[] := '{}';
  contents text[] := '{}';
  links text[] := '{}';
begin
  perform sync.catch_up();
  if not sync.take_turn('seal') then
    return 0;
  end if;
  select coalesce(h.seq, 0), coalesce(h.link, repeat('0', 64)) into place, head
    from (select 1) one left join sync.chain_head() h on true;
  with now_sealed as (delete from sync.unsealed returning bundle)
  select array_agg(bundle) into waiting from now_sealed;
  for b in
    select x.id, x.actor, x.verdict,
      encode(sha256(convert_to(t.body, 'UTF8')), 'hex') as content
    from sync.sealed_texts(waiting) t join sync.bundle x on x.id = t.bundle
    where x.id = any (waiting) order by x.at, x.id
  loop
    place := place + 1;
    head := encode(sha256(convert_to(concat_ws('|', place, head, b.id, b.actor, b.verdict,
      b.content), 'UTF8')), 'hex');
    seqs := seqs || place;
    ids := ids || b.id;
    contents := contents || b.content;
    links := links || head;
  end loop;
  insert into sync.chain (seq, bundle, content, link)
    select * from unnest(seqs, ids, contents, links);
  return cardinality(ids);
end $$;

create or replace function sync.chain_head() returns table (seq bigint, link text)
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select c.seq, c.link from sync.chain c order by c.seq desc limit 1
$$;

-- The auditor's eyes: every bundle of every team, so only for those whose office it is.
create or replace function sync.admit_auditor() returns void
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
begin
  if pg_has_role(session_user, 'edesk_owner', 'member') then
    return;
  end if;
  if not sync.sees_all() or not sync.my_roles()
      && '{edesk_auditor,edesk_administrator,edesk_president}'::name[]
      or not exists (select 1 from sync.account where who = sync.actor() and locked_at is null) then
    raise exception using errcode = '42501', message = 'auditors only';
  end if;
end $$;

create or replace function sync.audit_page(p_after bigint, p_most integer)
returns table (seq bigint, bundle uuid, content text, link text, body text)
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform sync.admit_auditor();
  return query
    with page as (
      select * from sync.chain c where c.seq > p_after order by c.seq limit p_most)
    select p.seq, p.bundle, p.content, p.link, t.body
    from page p left join sync.sealed_texts((select array_agg(q.bundle) from page q)) t
      on t.bundle = p.bundle order by p.seq;
end $$;

-- `outside`: stored as decided, and neither linked nor waiting to be: put there by no client.
create or replace function sync.audit_facts() returns jsonb
language plpgsql stable security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform sync.admit_auditor();
  return jsonb_build_object('hub_id', (select hub_id from sync.hub),
    'history', sync.history_id(),
    'waiting', (select count(*) from sync.unsealed),
    'outside', (select coalesce(jsonb_agg(x.id), '[]') from (select b.id from sync.bundle b
      where b.verdict <> 'upgrade'
        and not exists (select 1 from sync.chain c where c.bundle = b.id)
        and not exists (select 1 from sync.unsealed u where u.bundle = b.id)
      order by b.id limit 100) x));
end $$;
