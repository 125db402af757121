{# A view: what few read is not kept twice. #}
{{ config(materialized='view') }}

with queues as (

    select * from {{ source('run', 'queue') }}

)

select
    queue_id,
    queue_family,
    valid_from_date
from queues
