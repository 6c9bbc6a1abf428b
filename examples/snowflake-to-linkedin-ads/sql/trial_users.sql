-- Everyone on a trial who agreed to see advertisements.
SELECT EMAIL, FIRST_NAME, LAST_NAME
FROM MARKETING.USERS
WHERE PLAN = 'trial' AND AD_CONSENT
