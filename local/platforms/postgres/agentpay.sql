-- The part of AgentPay's own schema that monitoring reads. In production AgentPay makes it; nothing here is deployed.
CREATE TABLE IF NOT EXISTS conversations (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  organization_id uuid NOT NULL,
  stage text NOT NULL,
  status text NOT NULL,
  checkout_id uuid,
  created_at timestamptz NOT NULL DEFAULT now(),
  completed_at timestamptz
);
CREATE INDEX IF NOT EXISTS conversations_created_at ON conversations (created_at);
