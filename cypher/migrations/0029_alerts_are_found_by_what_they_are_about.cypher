// An alert is found by its key and by its state; what it is about stands once a day.
CREATE CONSTRAINT alert_id IF NOT EXISTS FOR (alert:Alert) REQUIRE alert.alert_id IS UNIQUE;
CREATE CONSTRAINT alert_about IF NOT EXISTS FOR (alert:Alert) REQUIRE alert.about IS UNIQUE;
CREATE CONSTRAINT canary_child IF NOT EXISTS FOR (canary:Canary) REQUIRE canary.child_id IS UNIQUE;
CREATE INDEX alert_state IF NOT EXISTS FOR (alert:Alert) ON (alert.state, alert.due_on);
