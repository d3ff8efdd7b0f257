-- What the hub decides about money. Every entry is sealed, judged and carried out by the triggers
-- of its table (storage/schema/funds.py); the functions here say why not before those refuse, with
-- the facts. `p_lost`: granted in a history that is gone; booked even where it no longer suffices.
drop function if exists sync.fund_of(uuid);
drop function if exists sync.book(uuid, uuid, text, bigint, uuid, text, text);

create or replace function sync.instant() returns text
language sql volatile set search_path = pg_catalog, pg_temp as $$
  select to_char(clock_timestamp() at time zone 'Asia/Shanghai', 'YYYY-MM-DD"T"HH24:MI:SS"+08:00"')
$$;

-- An account, made when it is first needed. The ledger is locked before any account, so that two
-- who book in several never wait for each other.
create or replace function sync.account_of(p_kind text, p_case uuid) returns desk.fund
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
declare
  found desk.fund;
begin
  perform 1 from sync.ledger_lock for update;
  if p_kind in ('case', 'escrow') then
    insert into desk.fund (id, case_id, kind) values (gen_random_uuid(), p_case, p_kind)
      on conflict (case_id, kind) do nothing;
    select * into found from desk.fund where case_id = p_case and kind = p_kind for update;
  else
    insert into desk.fund (id, kind, name) select c.id, c.kind, c.name from sync.common_fund() c
      where c.kind = p_kind on conflict (id) do nothing;
    select f.* into found from desk.fund f join sync.common_fund() c on c.id = f.id
      where c.kind = p_kind for update of f;
  end if;
  return found;
end $$;

-- `p_more`: hold_id, reverses, line_id, order_id, payee, memo, booked_on, and maker where it is not
-- whoever asks. Gives the number.
create or replace function sync.book(p_id uuid, p_case uuid, p_kind text, p_fen bigint,
  p_debit uuid, p_credit uuid, p_more jsonb, p_lost boolean) returns text
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
declare
  this_year constant integer := extract(year from sync.today());
  word constant text := case p_kind when 'receipt' then '收' when 'hold' then '批'
    when 'payment' then '付' when 'release' then '退' when 'transfer' then '转' else '冲' end;
  made text;
begin
  perform 1 from sync.ledger_lock for update;
  insert into sync.serial values (p_kind, this_year, 1)
    on conflict (kind, year) do update set last = sync.serial.last + 1
    returning word || this_year || '-' || lpad(last::text, greatest(6, length(last::text)), '0')
    into made;
  insert into desk.fund_entry (id, case_id, kind, amount_fen, number, debit_id, credit_id, hold_id,
      reverses, line_id, order_id, booked_on, at, payee, maker, memo, lost)
    values (p_id, p_case, p_kind, p_fen, made, p_debit, p_credit, (p_more->>'hold_id')::uuid,
      (p_more->>'reverses')::uuid, (p_more->>'line_id')::uuid,
      (p_more->>'order_id')::uuid, case when not p_lost then p_more->>'booked_on' end,
      sync.instant(), p_more->>'payee',
      coalesce(p_more->>'maker', sync.actor()), p_more->>'memo', p_lost::integer);
  return made;
end $$;

-- Why the accounting day cannot be; null when it can. Lost entries are booked today.
create or replace function sync.day_refused(p_args jsonb, p_lost boolean) returns jsonb
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  wished constant text := p_args->>'booked_on';
  closed constant text := (select max(month) from desk.ledger_period where signed_by is not null);
begin
  if p_lost or wished is null then
    return null;
  end if;
  if wished !~ '^\d{4}-\d\d-\d\d$' or wished::date::text <> wished then
    return sync.no('booked_on', jsonb_build_object('booked_on', wished));
  end if;
  if wished::date > sync.today() then
    return sync.no('future', jsonb_build_object('booked_on', wished));
  end if;
  if left(wished, 7) <= closed then
    return sync.no('month_closed', jsonb_build_object('booked_on', wished, 'closed_up_to', closed));
  end if;
  return null;
end $$;

create or replace function sync.short_of(p_fund desk.fund, p_fen bigint, p_args jsonb)
returns jsonb
language sql stable set search_path = pg_catalog, pg_temp as $$
  select sync.no('funds', jsonb_build_object('asked_fen', p_fen,
    'available_fen', p_fund.balance_fen - p_fund.held_fen, 'balance_fen', p_fund.balance_fen,
    'held_fen', p_fund.held_fen,
    'seen_fen', coalesce(p_args->'seen_fen', p_args->'seen'->'available_fen'),
    'last', (select jsonb_build_object('number', e.number, 'amount_fen', e.amount_fen,
        'at', e.at, 'payee', e.payee, 'maker', e.maker)
      from desk.fund_entry e where e.debit_id = p_fund.id and e.kind = 'payment'
      order by e.seq desc limit 1)))
$$;

-- The case, when the caller may act on it.
create or replace function sync.case_refused(p_case uuid, p_lost boolean) returns jsonb
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  owned integer;
begin
  select scope into owned from desk."case" where id = p_case;
  if owned is null and p_lost then
    raise exception using errcode = '23503', message = 'case';
  end if;
  if owned is null or not (p_lost or sync.is_mine(owned)) then
    return sync.no('gone');
  end if;
  return null;
end $$;

-- Why a line of the bank cannot be booked as so much money that came in or went out; null when it
-- can, or when there is no line.
create or replace function sync.wrong_line(p_line uuid, p_fen bigint, p_direction text)
returns jsonb
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  used desk.fund_entry;
  line desk.bank_line;
begin
  if p_line is null then
    return null;
  end if;
  select * into used from desk.fund_entry e where (e.line_id = p_line
      or e.id = (select m.entry_id from desk.bank_match m where m.line_id = p_line))
    and not exists (select from desk.fund_entry r where r.reverses = e.id);
  if used.id is not null then
    return sync.no('already', jsonb_build_object('number', used.number, 'kind', used.kind,
      'by', used.maker, 'at', used.at));
  end if;
  select * into line from desk.bank_line where id = p_line;
  if (line.amount_fen, line.direction) is distinct from (p_fen, p_direction) then
    return sync.no('line', jsonb_build_object('amount_fen', line.amount_fen,
      'direction', line.direction));
  end if;
  return null;
end $$;

-- Money has come in: a fact. Without a case it is 不明款.
create or replace function sync.decide_receive(p_id uuid, p_args jsonb, p_lost boolean) returns jsonb
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
declare
  fen constant bigint := (p_args->>'amount_fen')::bigint;
  whose constant uuid := (p_args->>'case_id')::uuid;
  refused jsonb;
  here desk.fund;
  made text;
begin
  if coalesce(fen, 0) <= 0 then
    return sync.no('amount');
  end if;
  here := sync.account_of(case when whose is null then 'unknown' else 'case' end, whose);
  refused := sync.day_refused(p_args, p_lost);
  if refused is not null then
    return refused;
  end if;
  if p_lost and p_args->>'line_id' is not null and not exists (select from desk.bank_line
      where id = (p_args->>'line_id')::uuid) then
    raise exception using errcode = '23503', message = 'line';
  end if;
  refused := sync.wrong_line((p_args->>'line_id')::uuid, fen, 'in');
  if refused is not null then
    return refused;
  end if;
  made := sync.book(p_id, whose, 'receipt', fen, (sync.account_of('bank', null)).id, here.id,
    p_args || jsonb_build_object('payee', p_args->>'payer'), p_lost);
  return sync.yes('received', jsonb_build_object('number', made,
    'balance_fen', here.balance_fen + fen));
end $$;

create or replace function sync.hold_on(p_id uuid, p_from text, p_case uuid, p_args jsonb,
  p_lost boolean) returns jsonb
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
declare
  fen constant bigint := (p_args->>'amount_fen')::bigint;
  refused jsonb;
  here desk.fund;
  made text;
begin
  if coalesce(fen, 0) <= 0 then
    return sync.no('amount');
  end if;
  if coalesce(p_args->>'payee', '') = '' then
    return sync.no('payee');
  end if;
  here := sync.account_of(p_from, p_case);
  refused := sync.day_refused(p_args, p_lost);
  if refused is not null then
    return refused;
  end if;
  if here.balance_fen - here.held_fen < fen and not p_lost then
    return sync.short_of(here, fen, p_args);
  end if;
  made := sync.book(p_id, p_case, 'hold', fen, here.id, (sync.account_of('bank', null)).id,
    jsonb_build_object('payee', p_args->>'payee', 'memo', p_args->>'memo',
      'order_id', p_args->>'order_id', 'booked_on', p_args->>'booked_on'), p_lost);
  return sync.yes('held', jsonb_build_object('number', made, 'amount_fen', fen,
    'available_fen', here.balance_fen - here.held_fen - fen));
end $$;

-- Pays a grant or takes it back. Whoever asked for the money can do neither.
create or replace function sync.end_hold(p_id uuid, p_args jsonb, p_lost boolean, p_kind text)
returns jsonb
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
declare
  hold desk.fund_entry;
  ended desk.fund_entry;
  refused jsonb;
  here desk.fund;
  made text;
begin
  perform 1 from sync.ledger_lock for update;
  select * into hold from desk.fund_entry
    where id = (p_args->>'hold_id')::uuid and kind = 'hold';
  if hold.id is null and p_lost then
    raise exception using errcode = '23503', message = 'hold';
  end if;
  if hold.id is null or not (p_lost or sync.is_mine(hold.scope)) then
    return sync.no('gone');
  end if;
  if hold.maker = sync.actor() and not p_lost then
    return sync.no('own', jsonb_build_object('number', hold.number));
  end if;
  select * into ended from desk.fund_entry where hold_id = hold.id;
  if ended.id is not null then
    return sync.no('already', jsonb_build_object('number', ended.number, 'kind', ended.kind,
      'by', ended.maker, 'at', ended.at));
  end if;
  refused := sync.day_refused(p_args, p_lost);
  if refused is not null then
    return refused;
  end if;
  select * into here from desk.fund where id = hold.debit_id for update;
  if p_kind = 'payment' and here.balance_fen < hold.amount_fen and not p_lost then
    return sync.short_of(here, hold.amount_fen, p_args);
  end if;
  made := sync.book(p_id, hold.case_id, p_kind, hold.amount_fen, hold.debit_id, hold.credit_id,
    jsonb_build_object('hold_id', hold.id, 'payee', hold.payee, 'memo', p_args->>'memo',
      'order_id', p_args->>'order_id',
      'booked_on', p_args->>'booked_on', 'line_id',
      case when p_kind = 'payment' then p_args->>'line_id' end), p_lost);
  return sync.yes(p_kind, jsonb_build_object('number', made, 'amount_fen', hold.amount_fen));
end $$;

create or replace function sync.decide_release(p_id uuid, p_args jsonb, p_lost boolean) returns jsonb
language sql volatile set search_path = pg_catalog, pg_temp as $$
  select sync.end_hold(p_id, p_args, p_lost, 'release')
$$;

create or replace function sync.shift(p_id uuid, p_from text, p_to text, p_args jsonb,
  p_lost boolean) returns jsonb
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
declare
  fen constant bigint := (p_args->>'amount_fen')::bigint;
  whose constant uuid := (p_args->>'case_id')::uuid;
  refused jsonb := sync.case_refused(whose, p_lost);
  here desk.fund;
  made text;
begin
  if refused is not null then
    return refused;
  end if;
  if coalesce(fen, 0) <= 0 then
    return sync.no('amount');
  end if;
  here := sync.account_of(p_from, whose);
  refused := sync.day_refused(p_args, p_lost);
  if refused is not null then
    return refused;
  end if;
  if here.balance_fen - here.held_fen < fen and not p_lost then
    return sync.short_of(here, fen, p_args);
  end if;
  made := sync.book(p_id, whose, 'transfer', fen, here.id, (sync.account_of(p_to, whose)).id,
    jsonb_build_object('memo', p_args->>'memo', 'order_id', p_args->>'order_id',
      'booked_on', p_args->>'booked_on'), p_lost);
  return sync.yes('moved', jsonb_build_object('number', made, 'amount_fen', fen,
    'available_fen', here.balance_fen - here.held_fen - fen));
end $$;

-- 不明款 has found its case.
create or replace function sync.decide_assign(p_id uuid, p_args jsonb, p_lost boolean) returns jsonb
language sql volatile set search_path = pg_catalog, pg_temp as $$
  select sync.shift(p_id, 'unknown', 'case', p_args, p_lost)
$$;

-- Between the accounts of one case, fees and refunds.
create or replace function sync.decide_transfer(p_id uuid, p_args jsonb, p_lost boolean) returns jsonb
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
begin
  if not exists (select from sync.transfer_pair t
      where t.from_kind = p_args->>'from' and t.to_kind = p_args->>'to') then
    return sync.no('account', jsonb_build_object('from', p_args->>'from', 'to', p_args->>'to'));
  end if;
  return sync.shift(p_id, p_args->>'from', p_args->>'to', p_args, p_lost);
end $$;

-- What was booked wrongly is booked back, in sight, by somebody else.
create or replace function sync.decide_reverse(p_id uuid, p_args jsonb, p_lost boolean) returns jsonb
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
declare
  wrong desk.fund_entry;
  done desk.fund_entry;
  refused jsonb;
  here desk.fund;
  made text;
begin
  perform 1 from sync.ledger_lock for update;
  select * into wrong from desk.fund_entry where id = (p_args->>'entry_id')::uuid;
  if wrong.id is null and p_lost then
    raise exception using errcode = '23503', message = 'entry';
  end if;
  if wrong.id is null or not (p_lost or sync.is_mine(wrong.scope)) then
    return sync.no('gone');
  end if;
  if wrong.kind not in ('receipt', 'payment', 'transfer') then
    return sync.no('kind', jsonb_build_object('kind', wrong.kind, 'number', wrong.number));
  end if;
  if coalesce(p_args->>'reason', '') = '' then
    return sync.no('reason');
  end if;
  if wrong.maker = sync.actor() and not p_lost then
    return sync.no('own', jsonb_build_object('number', wrong.number));
  end if;
  select * into done from desk.fund_entry where reverses = wrong.id;
  if done.id is not null then
    return sync.no('already', jsonb_build_object('number', done.number, 'kind', done.kind,
      'by', done.maker, 'at', done.at));
  end if;
  refused := sync.day_refused(p_args, p_lost);
  if refused is not null then
    return refused;
  end if;
  select * into here from desk.fund where id = wrong.credit_id for update;
  if here.kind <> 'bank' and here.balance_fen - here.held_fen < wrong.amount_fen
      and not p_lost then
    return sync.short_of(here, wrong.amount_fen, p_args);
  end if;
  made := sync.book(p_id, wrong.case_id, 'reversal', wrong.amount_fen, wrong.credit_id,
    wrong.debit_id, jsonb_build_object('reverses', wrong.id, 'payee', wrong.payee,
      'memo', p_args->>'reason', 'booked_on', p_args->>'booked_on'), p_lost);
  return sync.yes('reversed', jsonb_build_object('number', made, 'amount_fen', wrong.amount_fen,
    'reversed', wrong.number));
end $$;

-- Debits, credits and balance by kind of account, of all that is booked up to the end of a month.
create or replace function sync.trial_balance(p_month text) returns jsonb
language sql stable set search_path = pg_catalog, pg_temp as $$
  select coalesce(jsonb_object_agg(t.kind, jsonb_build_object('debit', t.debit,
    'credit', t.credit, 'balance', t.credit - t.debit)), '{}') from (
    select f.kind, sum(s.debit) as debit, sum(s.credit) as credit from (
      select e.debit_id as id, e.amount_fen as debit, 0 as credit from desk.fund_entry e
        where e.booked_on <= p_month || '-31' and e.kind not in ('hold', 'release')
      union all select e.credit_id, 0, e.amount_fen from desk.fund_entry e
        where e.booked_on <= p_month || '-31' and e.kind not in ('hold', 'release')) s
    join desk.fund f on f.id = s.id group by f.kind) t
$$;

-- Why a month cannot be closed; null when it can.
create or replace function sync.month_refused(p_month text) returns jsonb
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  closed constant text := coalesce(
    (select max(month) from desk.ledger_period where signed_by is not null), '');
  earlier constant text := (select min(left(booked_on, 7)) from desk.fund_entry
    where booked_on < p_month and left(booked_on, 7) > closed);
begin
  if coalesce(p_month, '') !~ '^\d{4}-(0[1-9]|1[0-2])$' then
    return sync.no('month', jsonb_build_object('month', p_month));
  end if;
  if p_month >= to_char(sync.today(), 'YYYY-MM') then
    return sync.no('running', jsonb_build_object('month', p_month));
  end if;
  if p_month <= closed then
    return sync.no('month_closed', jsonb_build_object('month', p_month, 'closed_up_to', closed));
  end if;
  if earlier is not null then
    return sync.no('earlier', jsonb_build_object('month', p_month, 'open', earlier));
  end if;
  if (select coalesce(sum((t.value->>'balance')::bigint), 0)
      from jsonb_each(sync.trial_balance(p_month)) t) <> 0 then
    return sync.no('trial', sync.trial_balance(p_month));
  end if;
  return null;
end $$;

create or replace function sync.decide_close_month(p_id uuid, p_args jsonb, p_lost boolean)
returns jsonb
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
declare
  closing constant text := p_args->>'month';
  counted jsonb;
  refused jsonb;
begin
  perform 1 from sync.ledger_lock for update;
  refused := sync.month_refused(closing);
  if refused is not null then
    return refused;
  end if;
  counted := sync.trial_balance(closing);
  update desk.ledger_period set closed_by = sync.actor(), closed_at = sync.instant(),
    trial = counted::text, sheet_sha256 = p_args->>'sheet_sha256' where month = closing;
  if not found then
    insert into desk.ledger_period (id, month, closed_by, closed_at, trial, sheet_sha256)
      values (gen_random_uuid(), closing, sync.actor(), sync.instant(), counted::text,
        p_args->>'sheet_sha256');
  end if;
  return sync.yes('closing', jsonb_build_object('month', closing, 'trial', counted));
end $$;

-- The second person. What is signed is what was reported: an entry in between asks for a new report.
create or replace function sync.decide_sign_month(p_id uuid, p_args jsonb, p_lost boolean)
returns jsonb
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
declare
  here desk.ledger_period;
  refused jsonb;
begin
  perform 1 from sync.ledger_lock for update;
  select * into here from desk.ledger_period where month = p_args->>'month' for update;
  if here.id is null and p_lost then
    raise exception using errcode = '23503', message = 'month';
  end if;
  if here.id is null then
    return sync.no('gone');
  end if;
  if here.signed_by is not null then
    return sync.no('already', jsonb_build_object('month', here.month, 'by', here.signed_by,
      'at', here.signed_at));
  end if;
  if here.closed_by = sync.actor() then
    return sync.no('own', jsonb_build_object('month', here.month));
  end if;
  refused := sync.month_refused(here.month);
  if refused is not null then
    return refused;
  end if;
  if here.trial::jsonb <> sync.trial_balance(here.month) then
    return sync.no('changed', jsonb_build_object('month', here.month,
      'reported', here.trial::jsonb, 'now', sync.trial_balance(here.month)));
  end if;
  if p_args->>'sheet_sha256' is distinct from here.sheet_sha256
      and p_args->>'sheet_sha256' is not null then
    return sync.no('sheet', jsonb_build_object('month', here.month,
      'seen', p_args->>'sheet_sha256', 'sheet_sha256', here.sheet_sha256));
  end if;
  update desk.ledger_period set signed_by = sync.actor(), signed_at = sync.instant()
    where id = here.id;
  return sync.yes('closed', jsonb_build_object('month', here.month));
end $$;

-- The entries against the accounts; empty when all is well. For the nightly check and for health.
create or replace function sync.fund_differences() returns table (case_id uuid, balance_fen bigint,
  booked_fen bigint, held_fen bigint, granted_fen bigint)
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select f.case_id, f.balance_fen, e.booked, f.held_fen, e.granted
  from desk.fund f left join lateral (
    select coalesce((select sum(n.amount_fen) from desk.fund_entry n
        where n.credit_id = f.id and n.kind not in ('hold', 'release')), 0)::bigint
      - coalesce((select sum(n.amount_fen) from desk.fund_entry n
        where n.debit_id = f.id and n.kind not in ('hold', 'release')), 0)::bigint as booked,
      coalesce((select sum(case n.kind when 'hold' then n.amount_fen else -n.amount_fen end)
        from desk.fund_entry n where n.debit_id = f.id
          and n.kind in ('hold', 'release', 'payment')), 0)::bigint as granted) e on true
  where f.balance_fen <> e.booked or f.held_fen <> e.granted
$$;

create table if not exists sync.transfer_pair (
  from_kind text not null,
  to_kind text not null,
  primary key (from_kind, to_kind)
);
insert into sync.transfer_pair values
  ('case', 'fee'), ('case', 'refund'), ('case', 'escrow'), ('case', 'unknown'),
  ('escrow', 'case'), ('escrow', 'refund'), ('escrow', 'fee'),
  ('refund', 'case'), ('fee', 'case')
on conflict do nothing;

insert into sync.request_kind values
  ('receive', 'sync.decide_receive(uuid, jsonb, boolean)', '{edesk_finance}'),
  ('assign', 'sync.decide_assign(uuid, jsonb, boolean)', '{edesk_finance}'),
  ('transfer', 'sync.decide_transfer(uuid, jsonb, boolean)', '{edesk_finance}'),
  ('release', 'sync.decide_release(uuid, jsonb, boolean)',
    '{edesk_finance,edesk_supervisor}'),
  ('reverse', 'sync.decide_reverse(uuid, jsonb, boolean)',
    '{edesk_finance,edesk_supervisor}'),
  ('close_month', 'sync.decide_close_month(uuid, jsonb, boolean)', '{edesk_finance}'),
  ('sign_month', 'sync.decide_sign_month(uuid, jsonb, boolean)',
    '{edesk_bureau_chief,edesk_president}')
on conflict (kind) do nothing;  -- whoever administers the hub may have changed who may ask
