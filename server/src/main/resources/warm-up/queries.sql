SELECT * FROM sites_file;

SELECT flag, status, sum(quantity), sum(price), sum(price * (1 - discount)),
    sum(price * (1 - discount) * (1 + tax)), avg(quantity), avg(discount), count(*)
FROM events WHERE shipped <= DATE '2026-06-01'
GROUP BY flag, status ORDER BY flag, status;

SELECT sum(price * discount) AS revenue FROM events
WHERE shipped >= DATE '2022-01-01' AND shipped < DATE '2023-01-01'
    AND discount BETWEEN 0.05 AND 0.07 AND quantity < 24;

SELECT e.trial_id, sum(price * (1 - discount)) AS revenue, day_of, priority
FROM subjects s JOIN trials t ON s.subject_id = t.subject_id
    JOIN events e ON e.trial_id = t.trial_id
WHERE paradigm = 'SPEECH' AND day_of < DATE '2023-03-15'
    AND shipped > DATE '2023-03-15'
GROUP BY e.trial_id, day_of, priority ORDER BY revenue DESC, day_of LIMIT 10;

SELECT priority, count(*) FROM trials t
WHERE day_of >= DATE '2022-07-01' AND day_of < DATE '2022-10-01' AND EXISTS
    (SELECT 1 FROM events e WHERE e.trial_id = t.trial_id AND e.due < e.shipped)
GROUP BY priority ORDER BY priority;

SELECT i.name, sum(price * (1 - discount)) AS revenue
FROM subjects s, trials t, events e, sites i
WHERE s.subject_id = t.subject_id AND e.trial_id = t.trial_id
    AND s.site_id = i.site_id AND i.region = 'ASIA'
    AND day_of >= DATE '2022-01-01' AND day_of < DATE '2023-01-01'
GROUP BY i.name ORDER BY revenue DESC;

SELECT a.name, EXTRACT(YEAR FROM shipped) AS l_year,
    sum(CASE WHEN i.kind LIKE 'PROMO%' THEN price * (1 - discount) ELSE 0 END)
        / sum(price * (1 - discount)) AS share,
    sum(price * (1 - discount) - cost * quantity) AS profit
FROM events e JOIN items i ON e.item_id = i.item_id
    JOIN stock k ON k.item_id = e.item_id AND k.device_id = e.device_id
    JOIN trials t ON t.trial_id = e.trial_id
    JOIN sites a ON a.site_id = i.size - 1
WHERE i.name LIKE '%lemon%'
GROUP BY a.name, EXTRACT(YEAR FROM shipped) ORDER BY a.name, l_year DESC;

SELECT s.subject_id, s.name, sum(price * (1 - discount)) AS revenue, balance,
    i.name, phone, s.note
FROM subjects s, trials t, events e, sites i
WHERE s.subject_id = t.subject_id AND e.trial_id = t.trial_id AND e.flag = 'R'
    AND day_of >= DATE '2022-10-01' AND day_of < DATE '2023-10-01'
    AND s.site_id = i.site_id
GROUP BY s.subject_id, s.name, balance, phone, i.name, s.note
ORDER BY revenue DESC LIMIT 20;

SELECT mode, sum(CASE WHEN priority = '1-URGENT' OR priority = '2-HIGH' THEN 1
    ELSE 0 END) AS high, count(*) AS n
FROM trials t JOIN events e ON t.trial_id = e.trial_id
WHERE mode IN ('MAIL', 'SHIP') AND due < shipped
    AND shipped >= DATE '2022-01-01' AND shipped < DATE '2023-06-01'
GROUP BY mode ORDER BY mode;

SELECT trials_of, count(*) AS n FROM
    (SELECT s.subject_id, count(t.trial_id) AS trials_of FROM subjects s
        LEFT JOIN trials t ON s.subject_id = t.subject_id
            AND t.note NOT LIKE '%special%request%'
        GROUP BY s.subject_id) AS c
GROUP BY trials_of ORDER BY n DESC, trials_of DESC;

SELECT brand, kind, size, count(DISTINCT device_id) AS devices
FROM stock k JOIN items i ON k.item_id = i.item_id
WHERE brand <> 'Brand#7' AND kind NOT LIKE 'STANDARD%' AND size IN (3, 9, 14, 19, 23, 36, 45, 49)
    AND k.device_id NOT IN
        (SELECT device_id FROM stock WHERE available < 3)
GROUP BY brand, kind, size ORDER BY devices DESC, brand, kind, size;

SELECT sum(price) / 7.0 AS yearly FROM events e JOIN items i ON e.item_id = i.item_id
WHERE brand = 'Brand#13' AND container = 'MED BAG' AND quantity <
    (SELECT 0.9 * avg(quantity) FROM events x WHERE x.item_id = i.item_id);

SELECT s.name, t.trial_id, day_of, total, sum(quantity)
FROM subjects s JOIN trials t ON s.subject_id = t.subject_id
    JOIN events e ON e.trial_id = t.trial_id
WHERE t.trial_id IN (SELECT trial_id FROM events GROUP BY trial_id
    HAVING sum(quantity) > 150)
GROUP BY s.name, t.trial_id, day_of, total ORDER BY total DESC, day_of LIMIT 100;

SELECT sum(price * (1 - discount)) FROM events e, items i
WHERE e.item_id = i.item_id AND
    (brand = 'Brand#12' AND container IN ('SM BOX', 'MED BAG') AND quantity >= 1
        AND quantity <= 11 AND size BETWEEN 1 AND 5 AND mode IN ('AIR', 'AIR REG')
    OR brand = 'Brand#23' AND container IN ('MED BAG', 'LG CASE')
        AND quantity >= 10 AND quantity <= 20 AND size BETWEEN 1 AND 10);

SELECT d, count(*) FROM (SELECT e.device_id AS d FROM events e
    JOIN trials t ON e.trial_id = t.trial_id
    WHERE t.status = 'F' AND e.due < e.shipped AND EXISTS
        (SELECT 1 FROM events x WHERE x.trial_id = e.trial_id
            AND x.device_id <> e.device_id)
    AND NOT EXISTS (SELECT 1 FROM events y WHERE y.trial_id = e.trial_id
        AND y.device_id <> e.device_id AND y.due < y.shipped)) AS q
GROUP BY d ORDER BY 2 DESC, d LIMIT 20;

SELECT code, count(*), sum(balance) FROM (SELECT substring(phone, 1, 2) AS code,
    balance FROM subjects s WHERE substring(phone, 1, 2) IN ('13', '31', '23', '29')
        AND balance > (SELECT avg(balance) FROM subjects WHERE balance > 0)
        AND NOT EXISTS (SELECT 1 FROM trials t WHERE t.subject_id = s.subject_id
            AND t.status = 'P')) AS q
GROUP BY code ORDER BY code;

SELECT device_id, item_id, channel, amplitude,
    row_number() OVER (PARTITION BY device_id ORDER BY amplitude DESC) AS r,
    avg(amplitude) OVER (PARTITION BY device_id ORDER BY trial_id, line
        ROWS BETWEEN 5 PRECEDING AND CURRENT ROW) AS smooth
FROM events WHERE channel IS NOT NULL ORDER BY smooth DESC NULLS LAST LIMIT 100;

SELECT upper(note), min(amplitude), max(amplitude), stddev(amplitude), count(channel)
FROM events WHERE channel > 3 GROUP BY 1 ORDER BY 5 DESC, 1
