{# How far from the UTC date of an event its business day, and whatever else decides about it, may
   lie: a site is at most 14 hours away, a shift and its margins end within two days. #}
{% macro days_around_an_event() %}{{ return(3) }}{% endmacro %}


{# Whether a business day is one that tonight builds. The parts: see int_day_to_build. A worked
   example gives whole days, and all of them are built. #}
{% macro is_built_tonight(date, part) -%}
{%- if model.resource_type == 'unit_test' %}{{ return('true') }}{% endif -%}
{{ date }} in (
            select tonight.activity_date from {{ ref('int_day_to_build') }} as tonight
            where tonight.part = '{{ part }}'
        )
{%- endmacro %}


{# Whether an instant is late enough to matter to a day that tonight builds. A list of dates would
   read less after a correction of long ago, and every block of the table in any other night. #}
{% macro is_read_tonight(at, part) -%}
{%- if model.resource_type == 'unit_test' %}{{ return('true') }}{% endif -%}
{{ at }} >= (
            select cast(
                {{ add_days('min(tonight.activity_date)', -2 * days_around_an_event()) }}
                as timestamp
            )
            from {{ ref('int_day_to_build') }} as tonight
            where tonight.part = '{{ part }}'
        )
{%- endmacro %}


{# The legs that matter to the contacts of tonight. A contact of weeks ago that goes on tonight is
   read with all its legs; they are few, and asked for apart from the range. #}
{% macro legs_read_tonight(columns) -%}
select {{ columns }} from {{ ref('stg_crm__contact_legs') }}
    where {{ is_read_tonight('leg_started_at', 'chain') }}
    union all
    select {{ columns }} from {{ ref('stg_crm__contact_legs') }}
    where
        not ({{ is_read_tonight('leg_started_at', 'chain') }})
        and contact_id in (
            select going_on.contact_id from {{ ref('stg_crm__contact_legs') }} as going_on
            where
                {{ is_read_tonight('going_on.leg_started_at', 'chain') }}
                and not ({{ is_read_tonight('going_on.contact_started_at', 'chain') }})
        )
{%- endmacro %}
