{# How many days a day of a fact may still change: the longest window of the declared feeds that its
   measures are counted from. A feed without a window, sent whole each time, makes nothing final. #}
{% macro longest_window_of(fact) -%}
select coalesce(max(feeds.final_after_days), 0) as final_after_days
    from {{ source('catalogue', 'measure') }} as measures
    inner join {{ source('run', 'feed') }} as feeds on measures.feed = feeds.feed
    where measures.fact = '{{ fact }}' and feeds.is_declared
{%- endmacro %}


{# The date on which what is counted up to `end_date` is final; nothing once that date has come. #}
{% macro provisional_until(end_date, final_after_days, as_of) -%}
{%- set final_from_date = add_days(end_date, final_after_days ~ ' - 1') -%}
case when {{ final_from_date }} > cast({{ as_of }} as date) then {{ final_from_date }} end
{%- endmacro %}
