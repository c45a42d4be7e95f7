-- Real DESCRIPTIONs: those that only repeat what is known, and those that say more.
with cases (form_type, form_name, document_type, filename, company_name, description, expected) as (
    values
    ('8-K', 'Current report', 'EX-99.1', 'a991.htm', 'Acme Inc', null, false),
    ('8-K', 'Current report', 'EX-99.1', 'a991.htm', 'Acme Inc', '-', false),
    ('8-K', 'Current report', 'EX-99.1', 'a991.htm', 'Acme Inc', 'EX-99.1', false),
    ('8-K', 'Current report', 'EX-99.1', 'a991.htm', 'Acme Inc', 'EXHIBIT 99.1', false),
    ('8-K', 'Current report', 'EX-99.1', 'pressrelease.htm', 'Acme Inc', 'pressrelease.htm', false),
    ('8-K', 'Current report', 'EX-99.1', 'a991.htm', 'Acme Inc', 'PRESS RELEASE DATED MAY 9, 2005', false),
    ('8-K', 'Current report', 'EX-99.1 CHARTER', 'a991.txt', 'Acme Inc', 'EX 99.1 TXT', false),
    ('10-K', 'Annual report', 'EX-10.M4', 'm4.txt', 'Acme Inc', 'EXHIBIT 10-M-4', false),
    ('8-K', 'Current report', '8-K', 'd8k.htm', 'HORIZON FINANCIAL CORP', 'HORIZON FINANCIAL CORP. FORM 8-K', false),
    ('8-K', 'Current report', '8-K', 'd8k.htm', 'Acme Inc', 'CURRENT REPORT ON FORM 8-K', false),
    ('8-K', 'Current report', '8-K', 'd8k.htm', 'Acme Inc', '8-K DATED JANUARY 24, 1994', false),
    ('4', 'Statement of changes in beneficial ownership', '4', 'x.xml', 'Acme Inc', 'FORM 4 SUBMISSION', false),
    ('4', 'Statement of changes in beneficial ownership', '4', 'x.xml', 'Acme Inc', 'PRIMARY DOCUMENT', false),
    ('SC 13G/A', 'Beneficial ownership report', 'SC 13G/A', 'x.txt', 'Acme Inc', 'SEC SCHEDULE 13G', false),
    ('10-K', 'Annual report', 'EX-24', 'poa.htm', 'Acme Inc', 'POWER OF ATTORNEY - WAUGH', true),
    ('10-K', 'Annual report', 'EX-3.2', 'x.htm', 'MICROSOFT CORP', 'BYLAWS OF MICROSOFT CORPORATION', true),
    ('10-K', 'Annual report', 'EX-23.1', 'x.htm', 'Acme Inc', 'CONSENT KPMG', true),
    ('8-K', 'Current report', '8-K', 'x.htm', 'Acme Inc', 'CHANGE OF CONTROL', true),
    ('424B2', 'Prospectus supplement', '424B2', 'x.htm', 'BARCLAYS PLC', 'WORST OF AC TRIGGER PHOENIX SPX-SX5E', true)
)

select * from cases
where {{ says_something('description', ['form_type', 'form_name', 'document_type', 'filename', 'company_name']) }} <> expected
