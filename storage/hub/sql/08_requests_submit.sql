-- A payment order is submitted: the money is reserved, and the chain of its amount begins.
-- The twin of storage/ledger/submitting.py.
create or replace function sync.last_paid(p_case uuid, p_payee text)
returns table (account_no text, maker text, at text)
language sql stable set search_path = pg_catalog, pg_temp as $$
  select o.account_no, o.maker, e.at from desk.payment_order o
  join desk.fund_entry e on e.hold_id = o.id and e.kind = 'payment'
  where o.case_id = p_case and o.payee = p_payee and o.state = 'paid'
  order by e.seq desc limit 1
$$;

-- X08: something that the officer saw is otherwise now, other than the money.
create or replace function sync.seen_otherwise(p_case desk."case", p_args jsonb) returns jsonb
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  seen constant jsonb := case when jsonb_typeof(p_args->'seen') = 'object' then p_args->'seen'
    else '{}' end;
  known constant jsonb := jsonb_build_object('team_id', p_case.team_id,
    'handler_id', p_case.handler_id, 'closed_on', p_case.closed_on);
  fact text;
  last record;
begin
  foreach fact in array '{team_id,handler_id,closed_on}'::text[] loop
    if seen ? fact and seen->fact is distinct from known->fact then
      return sync.no('changed', jsonb_build_object('fact', fact, 'seen', seen->fact,
        'now', known->fact, 'by', p_case.changed_by, 'at', p_case.changed_at));
    end if;
  end loop;
  if seen ? 'account_no' then
    select * into last from sync.last_paid(p_case.id, p_args->>'payee');
    if seen->>'account_no' is distinct from last.account_no then
      return sync.no('changed', jsonb_build_object('fact', 'account_no',
        'seen', seen->'account_no', 'now', last.account_no, 'by', last.maker, 'at', last.at));
    end if;
  end if;
  return null;
end $$;

-- What is wrong with the order itself, before any money is looked at.
create or replace function sync.order_cannot(p_args jsonb, p_from text, p_purpose text, p_to text,
  p_lost boolean) returns jsonb
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  replaced constant uuid := (p_args->>'replaces')::uuid;
  whose constant uuid := (p_args->>'case_id')::uuid;
  plan constant uuid := (p_args->>'distribution_id')::uuid;
  old desk.payment_order;
  newer text;
begin
  if not exists (select from sync.order_way() w where w.source = p_from
      and w.purpose = p_purpose and w.target is not distinct from p_to) then
    return sync.no('account', jsonb_build_object('from', p_from, 'purpose', p_purpose,
      'to', p_to));
  end if;
  if coalesce((p_args->>'amount_fen')::bigint, 0) <= 0 then
    return sync.no('amount');
  end if;
  if coalesce(p_args->>'payee', '') = '' then
    return sync.no('payee');
  end if;
  if replaced is not null then
    select * into old from desk.payment_order where id = replaced;
    if old.id is null and p_lost then
      raise exception using errcode = '23503', message = 'order';
    end if;
    select number into newer from desk.payment_order where replaces = replaced;
    if old.id is null or old.case_id is distinct from whose or newer is not null
        or old.state not in ('returned', 'withdrawn', 'failed', 'expired') then
      return sync.no('replaces', jsonb_build_object('order_state', old.state,
        'number', newer));
    end if;
  end if;
  if plan is not null and not exists (select from desk.distribution
      where id = plan and case_id = whose) then
    return sync.no('distribution');
  end if;
  return null;
end $$;

create or replace function sync.submit_order(p_id uuid, p_args jsonb, p_from text, p_purpose text,
  p_to text, p_lost boolean) returns jsonb
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
declare
  made constant text := sync.instant();
  whose constant uuid := (p_args->>'case_id')::uuid;
  seen constant bigint := (p_args->'seen'->>'available_fen')::bigint;
  refused jsonb;
  tier desk.approval_tier;
  here desk.payment_order;
  held jsonb;
  last record;
  there bigint;
begin
  perform 1 from sync.ledger_lock for update;
  refused := sync.order_cannot(p_args, p_from, p_purpose, p_to, p_lost);
  if refused is not null then
    return refused;
  end if;
  select * into tier from sync.tier_of(p_purpose, (p_args->>'amount_fen')::bigint,
    left(made, 10));
  if tier.id is null then
    return sync.no('tier', jsonb_build_object('purpose', p_purpose,
      'amount_fen', p_args->'amount_fen'));
  end if;
  held := sync.hold_on(p_id, p_from, whose, p_args || jsonb_build_object('order_id', p_id),
    p_lost);
  if held->>'state' <> 'accepted' then
    return held;
  end if;
  select * into last from sync.last_paid(whose, p_args->>'payee');
  here := jsonb_populate_record(null::desk.payment_order, jsonb_strip_nulls(jsonb_build_object(
    'payee', p_args->>'payee', 'bank', nullif(p_args->>'bank', ''),
    'account_no', nullif(p_args->>'account_no', ''),
    'confirmed_on', nullif(p_args->>'confirmed_on', ''),
    'confirmed_by', nullif(p_args->>'confirmed_by', ''),
    'confirmed_how', nullif(p_args->>'confirmed_how', ''),
    'call_back_on', nullif(p_args->>'call_back_on', ''),
    'call_back_by', nullif(p_args->>'call_back_by', ''),
    'call_back_result', nullif(p_args->>'call_back_result', ''),
    'basis', nullif(p_args->>'basis', ''), 'principal_fen', p_args->'principal_fen',
    'interest_fen', p_args->'interest_fen', 'doubled_fen', p_args->'doubled_fen',
    'fee_fen', p_args->'fee_fen', 'other_fen', p_args->'other_fen',
    'remaining_fen', p_args->'remaining_fen',
    'computation', nullif(p_args->>'computation', ''),
    'distribution_id', p_args->'distribution_id', 'ground', nullif(p_args->>'ground', ''),
    'memo', nullif(p_args->>'memo', ''), 'replaces', p_args->'replaces')));
  here.id := p_id;
  here.number := held->>'number';
  here.case_id := whose;
  here.purpose := p_purpose;
  here.source := p_from;
  here.target := p_to;
  here.amount_fen := (p_args->>'amount_fen')::bigint;
  here.differs := (p_to is null and last.at is not null
    and last.account_no is distinct from here.account_no)::integer;
  here.tier_id := tier.id;
  here.stages := tier.stages;
  here.maker := sync.actor();
  here.maker_id := sync.my_person();
  here.made_at := made;
  here.content_sha256 := sync.order_fingerprint(here);
  here.state := 'approving';
  here.stage := '';
  here.last_n := 0;
  insert into desk.payment_order select here.*;
  perform sync.write_act(here, 'submit', '', split_part(tier.stages, ',', 1), '{}');
  there := (held->>'available_fen')::bigint + here.amount_fen;
  return held || jsonb_build_object('stage', split_part(tier.stages, ',', 1),
      'stages', tier.stages, 'differs', here.differs)
    || case when seen is not null and seen <> there then jsonb_build_object('changed',
      jsonb_build_object('available_fen', jsonb_build_object('seen', seen, 'now', there)))
      else '{}' end;
end $$;

-- An officer asks for money of a case: out to the bank, or to fees, refunds or 提存. Whose case has
-- gone to another team meanwhile hears so, where he says that it was his.
create or replace function sync.decide_disburse(p_id uuid, p_args jsonb, p_lost boolean) returns jsonb
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
declare
  here desk."case";
  refused jsonb;
begin
  perform 1 from sync.ledger_lock for update;  -- what was paid last is among what was seen
  select * into here from desk."case" where id = (p_args->>'case_id')::uuid;
  if not p_lost and here.id is not null and not sync.is_mine(here.scope)
      and sync.was_mine((p_args->'seen'->>'team_id')::uuid) then
    return coalesce(sync.seen_otherwise(here, p_args), sync.no('gone'));
  end if;
  refused := sync.case_refused((p_args->>'case_id')::uuid, p_lost);
  if refused is null and not p_lost then
    refused := sync.seen_otherwise(here, p_args);
  end if;
  if refused is not null then
    return refused;
  end if;
  return sync.submit_order(p_id, p_args, 'case', coalesce(p_args->>'purpose', 'payment'),
    p_args->>'target', p_lost);
end $$;

create or replace function sync.was_mine(p_team uuid) returns boolean
language sql stable set search_path = pg_catalog, pg_temp as $$
  select exists (select from desk.team t where t.id = p_team and sync.is_mine(t.number))
$$;

-- Finance asks for money of the other accounts: fees, refunds, 提存, 不明款 to whoever sent it.
create or replace function sync.decide_remit(p_id uuid, p_args jsonb, p_lost boolean) returns jsonb
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
declare
  source_kind constant text := coalesce(p_args->>'from', '');
  refused jsonb;
begin
  if source_kind not in ('fee', 'refund', 'escrow', 'unknown') then
    return sync.no('account', jsonb_build_object('from', source_kind));
  end if;
  if p_args->>'case_id' is not null or source_kind = 'escrow' then
    refused := sync.case_refused((p_args->>'case_id')::uuid, p_lost);
    if refused is not null then
      return refused;
    end if;
  end if;
  return sync.submit_order(p_id, p_args, source_kind, coalesce(p_args->>'purpose',
    case source_kind when 'escrow' then 'payment' else source_kind end),
    p_args->>'target', p_lost);
end $$;

insert into sync.request_kind values
  ('disburse', 'sync.decide_disburse(uuid, jsonb, boolean)',
    '{edesk_handler,edesk_field,edesk_supervisor}'),
  ('remit', 'sync.decide_remit(uuid, jsonb, boolean)', '{edesk_finance}')
on conflict (kind) do nothing;  -- whoever administers the hub may have changed who may ask
