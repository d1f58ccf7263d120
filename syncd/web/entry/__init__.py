"""Who somebody is: tokens, the local administrator, people of an identity provider, their sessions."""
