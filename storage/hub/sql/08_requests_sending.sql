-- What the hub decides about orders that leave: sent, answered by the bank, given up, matched with
-- the statement. The twin of storage/ledger/orders.py.
create or replace function sync.order_waits(p_order desk.payment_order) returns jsonb
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  plan desk.distribution;
  open_ones constant bigint := (select count(*) from desk.distribution_objection
    where distribution_id = p_order.distribution_id and decided_on is null);
begin
  select * into plan from desk.distribution where id = p_order.distribution_id;
  if p_order.distribution_id is null or (plan.state <> 'draft'
      and plan.wait_until < sync.today()::text and open_ones = 0) then
    return null;
  end if;
  return sync.no('wait', jsonb_build_object('plan_state', coalesce(plan.state, 'draft'),
    'until', plan.wait_until, 'objections', open_ones));
end $$;

-- Once: of two who send at the same time the second is told who was first. What stays in the
-- court moves at once.
create or replace function sync.decide_send_order(p_id uuid, p_args jsonb, p_lost boolean)
returns jsonb
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
declare
  here desk.payment_order := sync.order_of((p_args->>'order_id')::uuid, p_lost);
  refused jsonb;
  may jsonb;
  moved jsonb;
begin
  if here.id is null then
    return sync.no('gone');
  end if;
  refused := sync.not_open(here, 'send', '', p_lost);
  if refused is not null then
    return refused;
  end if;
  may := sync.not_by(here, 'send', '');
  refused := case when may->>'state' <> 'accepted' then may
    else coalesce(sync.not_confirmed(here), sync.order_waits(here)) end;
  if refused is not null then
    return refused;
  end if;
  perform sync.write_act(here, 'send', '', '', jsonb_build_object(
    'for_post', may->>'for_post', 'body', p_args->>'note', 'batch', p_args->>'batch',
    'facts', case when coalesce(p_args->>'channel', '') <> ''
      then jsonb_build_object('channel', p_args->>'channel')::text end));
  if here.target is null then
    return sync.yes('sent', jsonb_build_object('number', here.number));
  end if;
  perform sync.free_order(here, 'sent', sync.actor(), here.memo, p_lost);
  moved := sync.shift(p_id, here.source, here.target, jsonb_build_object(
    'case_id', here.case_id, 'amount_fen', here.amount_fen, 'memo', here.memo,
    'order_id', here.id), p_lost);
  if moved->>'state' <> 'accepted' then
    raise exception using errcode = 'P0001', message = moved->>'code';
  end if;
  perform sync.write_act(here, 'move', '', '', '{}');
  return moved;
end $$;

-- `unknown` is not `failed`: the money stays reserved until somebody knows.
create or replace function sync.decide_answer_order(p_id uuid, p_args jsonb, p_lost boolean)
returns jsonb
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
declare
  here constant desk.payment_order := sync.order_of((p_args->>'order_id')::uuid, p_lost);
  outcome constant text := coalesce(p_args->>'outcome', '');
  line constant uuid := (p_args->>'line_id')::uuid;
  facts constant jsonb := jsonb_strip_nulls(jsonb_build_object(
    'bank_ref', nullif(p_args->>'bank_ref', ''), 'line_id', line));
  more constant jsonb := jsonb_build_object('body', p_args->>'reason',
    'facts', case when facts <> '{}' then facts::text end);
  done jsonb;
begin
  if here.id is null then
    return sync.no('gone');
  end if;
  if outcome not in ('paid', 'failed', 'unknown') then
    return sync.no('outcome', jsonb_build_object('outcome', outcome));
  end if;
  if here.state not in ('sent', 'unknown') or here.target is not null then
    if p_lost and here.state in ('approving', 'approved') then
      raise exception using errcode = '23503', message = 'act';
    end if;
    return sync.no(case when here.state in ('paid', 'failed', 'moved') then 'already'
      else 'state' end, sync.act_facts(here, sync.last_act(here.id, null, null)));
  end if;
  if p_lost and line is not null and not exists (select from desk.bank_line where id = line) then
    raise exception using errcode = '23503', message = 'line';
  end if;
  if outcome = 'failed' and coalesce(p_args->>'reason', '') = '' then
    return sync.no('reason');
  end if;
  if outcome <> 'unknown' and here.maker = sync.actor() then
    return sync.no('own', jsonb_build_object('number', here.number));
  end if;
  if outcome = 'unknown' then
    perform sync.write_act(here, 'unknown', '', '', more);
    return sync.yes('unknown', jsonb_build_object('number', here.number));
  end if;
  if outcome = 'failed' then
    perform sync.write_act(here, 'failed', '', '', more);
    return sync.free_order(here, 'failed', sync.actor(), p_args->>'reason', p_lost);
  end if;
  done := sync.wrong_line(line, here.amount_fen, 'out');
  if done is not null then
    return done;
  end if;
  done := sync.end_hold(p_id, p_args || jsonb_build_object('hold_id', here.id,
    'order_id', here.id, 'memo', coalesce(nullif(p_args->>'reason', ''),
      nullif(p_args->>'bank_ref', ''), here.memo)), p_lost, 'payment');
  if done->>'state' = 'accepted' then
    perform sync.write_act(here, 'paid', '', '', more);
    return done || jsonb_build_object('code', 'paid');
  end if;
  return done;
end $$;

-- Orders that nobody moved since before a day.
create or replace function sync.decide_expire_orders(p_id uuid, p_args jsonb, p_lost boolean)
returns jsonb
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
declare
  before_day constant text := p_args->>'before';
  latest constant date := sync.today() - (sync.expires_days() - 1);
  why constant text := '自' || before_day || '前起无人办理';
  here desk.payment_order;
  numbers jsonb := '[]';
begin
  perform 1 from sync.ledger_lock for update;
  if before_day::date > latest then
    return sync.no('early', jsonb_build_object('latest', latest));
  end if;
  for here in select o.* from desk.payment_order o join desk.payment_act a
      on a.order_id = o.id and a.n = o.last_n
      where o.state in ('approving', 'approved') and substr(a.at, 1, 10) < before_day
        and sync.is_mine(o.scope)
      order by o.id for update of o loop
    perform sync.write_act(here, 'expire', here.stage, '', jsonb_build_object('body', why));
    perform sync.free_order(here, 'expired', sync.system_maker(), why, p_lost);
    numbers := numbers || to_jsonb(here.number);
  end loop;
  return sync.yes('expired', jsonb_build_object('orders', numbers,
    'n', jsonb_array_length(numbers)));
end $$;

-- A payment booked from what the bank answered has found its line of the statement.
create or replace function sync.decide_match_line(p_id uuid, p_args jsonb, p_lost boolean)
returns jsonb
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
declare
  line constant uuid := (p_args->>'line_id')::uuid;
  entry desk.fund_entry;
  done desk.bank_match;
  refused jsonb;
begin
  perform 1 from sync.ledger_lock for update;
  select e.* into entry from desk.fund_entry e where e.id = (p_args->>'entry_id')::uuid
    and (e.kind = 'payment' or e.kind = 'reversal' and exists (select from desk.fund_entry o
      where o.id = e.reverses and o.kind = 'payment'));
  if entry.id is null and p_lost then
    raise exception using errcode = '23503', message = 'entry';
  end if;
  if entry.id is null or not (p_lost or sync.is_mine(entry.scope)) then
    return sync.no('gone');
  end if;
  select * into done from desk.bank_match where line_id = line or entry_id = entry.id;
  if done.id is not null then
    return sync.no('already', jsonb_build_object('number', entry.number, 'by', done.maker,
      'at', done.at));
  end if;
  refused := sync.wrong_line(line, entry.amount_fen,
    case entry.kind when 'payment' then 'out' else 'in' end);
  if refused is not null then
    return refused;
  end if;
  if entry.line_id is not null then
    return sync.no('already', jsonb_build_object('number', entry.number));
  end if;
  insert into desk.bank_match (id, line_id, entry_id, maker, at, why)
    values (p_id, line, entry.id, sync.actor(), sync.instant(), coalesce(p_args->>'why', ''));
  return sync.yes('matched', jsonb_build_object('number', entry.number));
end $$;

-- 一案一账号: the case's account gets its number, once.
create or replace function sync.decide_open_account(p_id uuid, p_args jsonb, p_lost boolean)
returns jsonb
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
declare
  wished constant text := btrim(coalesce(p_args->>'code', ''));
  whose constant uuid := (p_args->>'case_id')::uuid;
  refused jsonb;
  here desk.fund;
  taken desk.fund;
begin
  if wished = '' then
    return sync.no('code');
  end if;
  refused := sync.case_refused(whose, p_lost);
  if refused is not null then
    return refused;
  end if;
  here := sync.account_of('case', whose);
  if here.code is not null then
    return sync.no('already', jsonb_build_object('account', here.code));
  end if;
  select * into taken from desk.fund where code = wished;
  if taken.id is not null then
    return sync.no('taken', jsonb_build_object('account', wished, 'case_id', taken.case_id));
  end if;
  update desk.fund set code = wished where id = here.id;
  return sync.yes('opened', jsonb_build_object('account', wished));
end $$;

-- A hold that has an order is answered as paid; others are of before there were orders.
create or replace function sync.decide_pay(p_id uuid, p_args jsonb, p_lost boolean) returns jsonb
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
begin
  perform 1 from sync.ledger_lock for update;  -- else it might be sent after this look
  if exists (select from desk.payment_order o where o.id = (p_args->>'hold_id')::uuid
      and o.state in ('sent', 'unknown')) then
    return sync.decide_answer_order(p_id, p_args || jsonb_build_object(
      'order_id', p_args->>'hold_id', 'outcome', 'paid'), p_lost);
  end if;
  return sync.end_hold(p_id, p_args, p_lost, 'payment');
end $$;

insert into sync.request_kind values
  ('send_order', 'sync.decide_send_order(uuid, jsonb, boolean)', '{edesk_finance}'),
  ('answer_order', 'sync.decide_answer_order(uuid, jsonb, boolean)', '{edesk_finance}'),
  ('expire_orders', 'sync.decide_expire_orders(uuid, jsonb, boolean)', '{edesk_finance}'),
  ('match_line', 'sync.decide_match_line(uuid, jsonb, boolean)', '{edesk_finance}'),
  ('open_account', 'sync.decide_open_account(uuid, jsonb, boolean)', '{edesk_finance}'),
  ('pay', 'sync.decide_pay(uuid, jsonb, boolean)', '{edesk_finance}')
on conflict (kind) do nothing;  -- whoever administers the hub may have changed who may ask
