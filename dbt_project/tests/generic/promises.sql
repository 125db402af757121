{% test promises(model, one_row_per, each_row={}, part=none, date_column='activity_date') %}
-- Returns every promise that is broken, with the number of keys or rows that break it. A promise
-- that is neither true nor false of a row is broken. One test a model: a test costs 40 ms of CPU.
-- Of a model that is built day by day the days of tonight are asked; the others were, when built.
{%- set rows = model if part is none
    else '(select * from ' ~ model ~ ' where ' ~ is_built_tonight(date_column, part) ~ ')' %}
select
    'one row per {{ one_row_per | join(", ") }}' as promise,
    count(*) as broken_rows
from (
    select {{ one_row_per | join(', ') }} from {{ rows }} as tonights_rows
    group by {{ one_row_per | join(', ') }}
    having count(*) > 1
) as duplicate_keys
having count(*) > 0
{%- for promise, expression in each_row.items() %}
union all
select
    '{{ promise }}' as promise,
    count(*) as broken_rows
from {{ rows }} as tonights_rows
where not coalesce({{ expression }}, false)
having count(*) > 0
{%- endfor %}
{% endtest %}
