-- filing_url and document_url: links that lead to the SEC and nowhere else, whatever the filer calls a file.
with cases (filename, expected) as (
    values
    ('fico_13d.htm', 'https://www.sec.gov/Archives/edgar/data/716133/000080724920000047/fico_13d.htm'),
    (null, 'https://www.sec.gov/Archives/edgar/data/716133/0000807249-20-000047.txt'),
    ('', 'https://www.sec.gov/Archives/edgar/data/716133/0000807249-20-000047.txt'),
    ('../../evil.htm', 'https://www.sec.gov/Archives/edgar/data/716133/0000807249-20-000047.txt'),
    ('..', 'https://www.sec.gov/Archives/edgar/data/716133/0000807249-20-000047.txt'),
    ('a"onclick="x', 'https://www.sec.gov/Archives/edgar/data/716133/0000807249-20-000047.txt')
)

select * from cases
where
    {{ document_url("'0000716133'", "'0000807249-20-000047'", 'filename') }} is distinct from expected
    or {{ filing_url("'0000716133'", "'0000807249-20-000047'") }}
    <> 'https://www.sec.gov/Archives/edgar/data/716133/000080724920000047/0000807249-20-000047-index.htm'
