//! Exports of two accounts in one source.

use super::*;

/// Ticket 1 of an account, made at this time.
fn ticket(account: &str, made: &str, comment: u32) -> String {
    format!(
        r#"{{"id":1,"url":"https://{account}.zendesk.com/api/v2/tickets/1.json","requester_id":9001,"created_at":"{made}","updated_at":"2024-03-0{comment}T10:00:00Z","comments":[{{"id":{comment},"author_id":9001,"public":true,"body":"of {account}","created_at":"2024-03-05T10:12:00Z"}}]}}"#
    )
}

const MADE: &str = "2024-03-01T08:00:00Z";
const LATER: &str = "2024-03-02T08:00:00Z";

#[test]
fn tickets_of_two_accounts_with_one_number_are_none_of_them_imported() {
    for files in [
        [ticket("acme", MADE, 1), ticket("beta", LATER, 2)],
        [ticket("beta", LATER, 2), ticket("acme", MADE, 1)],
    ] {
        let export = read_files(&[("a.json", &files[0]), ("b.json", &files[1])]);
        assert!(export.conversations.is_empty());
        let [finding] = &*export.rejected else { panic!("{:?}", export.rejected) };
        assert_eq!(finding.code, Code::TicketOfTwoAccounts);
        assert_eq!(finding.detail, "one is of beta, another one of acme");
    }
}

#[test]
fn the_same_ticket_under_the_hosts_of_two_brands_is_one() {
    let export = read_files(&[
        ("a.json", &ticket("acme", MADE, 1)),
        ("b.json", &ticket("help.brand.example", MADE, 2)),
    ]);
    assert_eq!((export.conversations.len(), export.rejected.len()), (1, 0));
    assert_eq!(export.conversations[0].messages.len(), 2);
}
