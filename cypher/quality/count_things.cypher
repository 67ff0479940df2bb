// How many things of each kind there are, published or not.
RETURN
  COUNT { (:Child) } AS children,
  COUNT { (:Carer) } AS carers,
  COUNT { (:Service) } AS services,
  COUNT { (:School) } AS schools,
  COUNT { (:GPPractice) } AS practices,
  COUNT { (:Practitioner) } AS practitioners,
  COUNT { (:Address) } AS addresses,
  COUNT { (:LocalAuthority) } AS authorities,
  COUNT { (:Shield) } AS shields
