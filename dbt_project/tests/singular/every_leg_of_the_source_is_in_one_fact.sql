-- Returns how many legs are believed and how many are facts, where that is not the same number.
select
    believed.legs as believed_legs,
    counted.legs as counted_legs
from (select count(*) as legs from {{ ref('stg_crm__contact_legs') }}) as believed
cross join (select count(*) as legs from {{ ref('fct_contact') }}) as counted
where believed.legs <> counted.legs
