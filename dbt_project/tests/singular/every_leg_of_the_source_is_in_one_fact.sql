-- Returns how many legs are believed and how many are facts, where that is not the same number.
with believed as (

    select count(*) as legs from {{ ref('stg_crm__contact_legs') }}

),

counted as (

    select count(*) as legs from {{ ref('fct_contact') }}

)

select
    believed.legs as believed_legs,
    counted.legs as counted_legs
from believed
cross join counted
where believed.legs <> counted.legs
