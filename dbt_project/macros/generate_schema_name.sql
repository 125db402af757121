{% macro generate_schema_name(custom_schema_name, node) -%}
{#- A schema is a layer, in every environment, so that a key pasted into SQL works. -#}
{{ (custom_schema_name or target.schema) | trim }}
{%- endmacro %}
