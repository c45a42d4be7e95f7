-- is_amendment and base_form against hand-made cases.
with cases (form_type, expected_is_amendment, expected_base_form) as (
    values
    ('8-K', false, '8-K'),
    ('8-K/A', true, '8-K'),
    ('SC 13D/A', true, 'SC 13D'),
    ('ATS-N/MA', true, 'ATS-N'),
    ('ATS-N/OFA', true, 'ATS-N'),
    ('N-2 POSASR', false, 'N-2 POSASR'),
    ('13H-A', false, '13H-A'),
    ('MA-A', false, 'MA-A'),
    ('ZZ-1/A', true, 'ZZ-1')
)

select * from cases
where
    {{ is_amendment('form_type') }} is distinct from expected_is_amendment
    or {{ base_form('form_type') }} is distinct from expected_base_form
