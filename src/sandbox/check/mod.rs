//! What a request may say: field by field, with the error texts that Gorgias's validation library uses. Nothing in
//! here reads the store. Where the documentation leaves open whether something is refused, it is refused: a request
//! that passes here should pass there.

pub(crate) mod customer;
pub(crate) mod enums;
mod fields;
pub(crate) mod message;
mod problems;
pub(crate) mod ticket;

pub(crate) use fields::{Fields, Given, Nulls};
pub(crate) use problems::Problems;
