CREATE TABLE subjects AS SELECT n AS subject_id, 'Subject#' || n AS name,
    CASE n % 5 WHEN 0 THEN 'MOTOR' WHEN 1 THEN 'VISUAL' WHEN 2 THEN 'SPEECH'
        WHEN 3 THEN 'MEMORY' ELSE 'REST' END AS paradigm,
    CAST(n % 25 AS INTEGER) AS site_id,
    (10 + n % 25) || '-' || (n * 7919 % 100000) AS phone,
    CAST((n * 104729 % 1000000 - 90000) * 0.01 AS DECIMAL(15, 2)) AS balance,
    substring('the array of electrodes over the left motor cortex was tuned again after two quiet nights, special care of slow spatial cursor games on request of a rampart packed the final session, while both hands rested above the table and nobody spoke about the long recording',
        CAST(n * 31 % 140 + 1 AS INTEGER), CAST(30 + n * 17 % 80 AS INTEGER)) || n AS note
FROM generate_series(1, 15000) AS t(n);

INSERT INTO subjects SELECT * REPLACE (subject_id + 15000 AS subject_id) FROM subjects;

CREATE TABLE trials AS SELECT n / 8 * 32 + n % 8 AS trial_id, n * 7907 % 30000 + 1 AS subject_id,
    CASE n % 3 WHEN 0 THEN 'F' WHEN 1 THEN 'O' ELSE 'P' END AS status,
    CAST((n * 15485863 % 50000000) * 0.01 AS DECIMAL(15, 2)) AS total,
    DATE '2020-01-01' + CAST(n * 7919 % 2400 AS INTEGER) AS day_of,
    CASE n % 5 WHEN 0 THEN '1-URGENT' WHEN 1 THEN '2-HIGH' WHEN 2 THEN '3-MEDIUM'
        WHEN 3 THEN '4-LOW' ELSE '5-NONE' END AS priority,
    substring('the array of electrodes over the left motor cortex was tuned again after two quiet nights, special care of slow spatial cursor games on request of a rampart packed the final session, while both hands rested above the table and nobody spoke about the long recording',
        CAST(n * 37 % 140 + 1 AS INTEGER), CAST(20 + n * 13 % 70 AS INTEGER)) || n AS note
FROM generate_series(1, 50000) AS t(n);

INSERT INTO trials SELECT * REPLACE (trial_id + 200032 AS trial_id) FROM trials;

CREATE TABLE events AS SELECT (n / 4 + 1) / 8 * 32 + (n / 4 + 1) % 8 AS trial_id, n * 7901 % 4000 + 1 AS item_id,
    n * 6101 % 500 + 1 AS device_id, CAST(n % 4 + 1 AS INTEGER) AS line,
    CAST(n * 7919 % 50 + 1 AS DECIMAL(15, 2)) AS quantity,
    CAST((n * 104729 % 10000000) * 0.01 AS DECIMAL(15, 2)) AS price,
    CAST(n % 11 * 0.01 AS DECIMAL(15, 2)) AS discount,
    CAST(n % 9 * 0.01 AS DECIMAL(15, 2)) AS tax,
    CASE n % 3 WHEN 0 THEN 'A' WHEN 1 THEN 'N' ELSE 'R' END AS flag,
    CASE n * 7919 % 2 WHEN 0 THEN 'F' ELSE 'O' END AS status,
    DATE '2020-01-01' + CAST(n / 4 * 7919 % 2400 + n % 90 AS INTEGER) AS shipped,
    DATE '2020-01-01' + CAST(n / 4 * 7919 % 2400 + n * 7 % 80 AS INTEGER) AS due,
    CASE n * 31 % 7 WHEN 0 THEN 'AIR' WHEN 1 THEN 'RAIL' WHEN 2 THEN 'SHIP'
        WHEN 3 THEN 'TRUCK' WHEN 4 THEN 'MAIL' WHEN 5 THEN 'FOB' ELSE 'AIR REG'
        END AS mode,
    CASE WHEN n % 17 <> 0 THEN n * 0.37e0 END AS amplitude,
    CASE WHEN n % 13 <> 0 THEN n % 97 END AS channel,
    substring('the array of electrodes over the left motor cortex was tuned again after two quiet nights, special care of slow spatial cursor games on request of a rampart packed the final session, while both hands rested above the table and nobody spoke about the long recording',
        CAST(n * 41 % 140 + 1 AS INTEGER), CAST(10 + n * 11 % 35 AS INTEGER)) AS note
FROM generate_series(1, 100000) AS t(n);

INSERT INTO events SELECT * REPLACE (trial_id + 200032 AS trial_id) FROM events;

CREATE TABLE items AS SELECT n AS item_id,
    'green ' || (n % 91) || CASE n % 3 WHEN 0 THEN ' forest' ELSE ' lemon' END
        AS name,
    'Brand#' || (n / 125 % 25) AS brand, CAST(n * 7919 % 50 + 1 AS INTEGER) AS size,
    CASE n % 5 WHEN 0 THEN 'PROMO ' WHEN 1 THEN 'STANDARD ' WHEN 2 THEN 'ECONOMY '
        WHEN 3 THEN 'LARGE ' ELSE 'SMALL ' END
        || CASE n / 5 % 5 WHEN 0 THEN 'BRUSHED ' WHEN 1 THEN 'PLATED ' WHEN 2 THEN 'ETCHED '
        WHEN 3 THEN 'COATED ' ELSE 'SHIELDED ' END
        || CASE n / 25 % 5 WHEN 0 THEN 'TIN' WHEN 1 THEN 'STEEL' WHEN 2 THEN 'BRASS'
        WHEN 3 THEN 'COPPER' ELSE 'NICKEL' END AS kind,
    CASE n % 5 WHEN 0 THEN 'SM BOX' WHEN 1 THEN 'MED BAG' ELSE 'LG CASE' END
        AS container
FROM generate_series(1, 4000) AS t(n);

CREATE TABLE stock AS SELECT n / 4 + 1 AS item_id, n * 6101 % 500 + 1 AS device_id,
    CAST(n * 7919 % 9999 AS INTEGER) AS available,
    CAST((n * 104729 % 100000) * 0.01 AS DECIMAL(15, 2)) AS cost
FROM generate_series(0, 7999) AS t(n);

INSERT INTO stock SELECT * REPLACE (item_id + 2000 AS item_id) FROM stock;

CREATE TABLE sites AS SELECT CAST(n AS INTEGER) AS site_id, 'SITE ' || n AS name,
    CASE n % 5 WHEN 0 THEN 'ASIA' WHEN 1 THEN 'EUROPE' ELSE 'AMERICA' END AS region
FROM generate_series(0, 24) AS t(n)
