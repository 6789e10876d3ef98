//! Repair (to come).
