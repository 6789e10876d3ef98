//! Records (to come).
