// Who watches asks who else has an account of a user's service or organisation, once for each user who was at a page.
CREATE INDEX user_service_id IF NOT EXISTS FOR (user:User) ON (user.service_id);
CREATE INDEX user_organisation IF NOT EXISTS FOR (user:User) ON (user.organisation);
