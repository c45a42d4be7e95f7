-- is_exhibit, exhibit_number and exhibit_role_key against document types of real filings.
with cases (document_type, expected_is_exhibit, expected_number, expected_role_key) as (
    values
    ('EX-99.1', true, '99.1', '99.1'),
    ('ex-10', true, '10', '10'),
    ('EX-99.1 CHARTER', true, '99.1', '99.1'),
    ('EX-24.3_1009459', true, '24.3', '24.3'),
    ('EX-99.(A)(5)(C)', true, '99.(A)(5)(C)', '99.A5C'),
    ('EX-10.A49', true, '10.A49', '10.A49'),
    ('EX-99.CODE ETH', true, '99.CODE', '99.CODE'),
    ('EX-FILING FEES', true, 'FILING FEES', '.FILINGFEES'),
    ('EX-101.INS', true, '101.INS', '101.INS'),
    ('GRAPHIC', false, null, null),
    ('EXCEL', false, null, null)
),

actual as (
    select
        *,
        {{ is_exhibit('document_type') }} as actual_is_exhibit,
        {{ exhibit_number('document_type') }} as actual_number
    from cases
)

select * from actual
where
    actual_is_exhibit is distinct from expected_is_exhibit
    or (
        expected_is_exhibit and (
            actual_number is distinct from expected_number
            or {{ exhibit_role_key('actual_number') }} is distinct from expected_role_key
        )
    )
