// The id of what an administrator asks for, to be decided by another.
CREATE (application:Application {application_id: $application_id})
SET application += $properties
RETURN application.application_id AS application_id
