// What is used for coming in has one key each, and no two share it.
CREATE CONSTRAINT brake_key IF NOT EXISTS FOR (brake:Brake) REQUIRE brake.key IS UNIQUE;
CREATE CONSTRAINT device_key IF NOT EXISTS FOR (device:Device) REQUIRE device.key IS UNIQUE;
CREATE CONSTRAINT challenge_key IF NOT EXISTS FOR (challenge:Challenge) REQUIRE challenge.key IS UNIQUE;
CREATE CONSTRAINT passkey_credential_id IF NOT EXISTS FOR (passkey:Passkey) REQUIRE passkey.credential_id IS UNIQUE;
CREATE CONSTRAINT proof_key IF NOT EXISTS FOR (proof:Proof) REQUIRE proof.key IS UNIQUE;
CREATE INDEX challenge_expires_at IF NOT EXISTS FOR (challenge:Challenge) ON (challenge.expires_at);
CREATE INDEX proof_at IF NOT EXISTS FOR (proof:Proof) ON (proof.at);
CREATE INDEX brake_at IF NOT EXISTS FOR (brake:Brake) ON (brake.at);
