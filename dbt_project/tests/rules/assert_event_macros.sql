-- event_text keeps the length of a text and masks exchanges before a ticker; event_evidence ignores case and heeds exclusions.
with cases (text, expected) as (
    values
    ('Acme’s “Best” Year – So Far', 'Acme''s "Best" Year - So Far'),
    ('Acme (NASDAQ: ACME) Rises', 'Acme (******: ACME) Rises'),
    ('Acme (NYSE American: ACM; Nasdaq GS: ACME)', 'Acme (**** American: ACM; ****** GS: ACME)'),
    ('Acme (New York Stock Exchange: ACM)', 'Acme (***********************: ACM)'),
    ('NYSE Notifies Acme', 'NYSE Notifies Acme'),
    (E'Two\n lines', 'Two lines')
)

select text
from cases
where {{ event_text('text', 60) }} <> expected or length({{ event_text('text', 60) }}) <> length({{ folded('text') }})
union all
select 'bounded'
where {{ event_text("repeat('a', 500)", 300) }} <> repeat('a', 300)
union all
select 'evidence'
where
    {{ event_evidence("'Acme DECLARES Dividend'", "'declares dividend'", 'null') }} is distinct from 'DECLARES Dividend'
    or {{ event_evidence("'Acme Declares Dividend'", "'declares dividend'", "'ACME'") }} is not null
    or {{ event_evidence("'Acme Declares War'", "'declares dividend'", 'null') }} is not null
