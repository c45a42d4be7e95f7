-- us_isin and is_common_security, on numbers that anybody can look up (Apple, Microsoft, Walmart) and that of company_page.
select 'us_isin' as macro_name
where
    {{ us_isin("'037833100'") }} <> 'US0378331005'
    or {{ us_isin("'594918104'") }} <> 'US5949181045'
    or {{ us_isin("'931142103'") }} <> 'US9311421039'
    or {{ us_isin("'18900M104'") }} <> 'US18900M1045'
union all
select 'is_common_security'
where
    not {{ is_common_security("'Class A Common Stock, par value $0.01 per share'") }}
    or not {{ is_common_security("'American Depositary Shares'") }}
    or not {{ is_common_security("'Common Stock and associated preferred stock purchase rights'") }}
    or not {{ is_common_security("cast(null as varchar)") }}
    or {{ is_common_security("'Series C Cumulative Puttable Preferred Shares'") }}
    or {{ is_common_security("'5.5% Convertible Senior Notes due 2027'") }}
    or {{ is_common_security("'Warrants to purchase Common Stock'") }}
