{% test one_row_per(model, columns) %}
-- Returns every key that appears more than once: the grain the model promises is broken.
select
    {{ columns | join(', ') }},
    count(*) as duplicate_rows
from {{ model }}
group by all
having count(*) > 1
{% endtest %}
