// Requests and questions to the team are found by the child whom they are about: a subject-access pack lists them.
CREATE INDEX request_child IF NOT EXISTS FOR (request:Request) ON (request.child_id);
CREATE INDEX asking_child IF NOT EXISTS FOR (asking:Asking) ON (asking.child_id);
