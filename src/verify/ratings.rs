//! A rating as it should be and as it is.

use super::compare::normalised;
use super::same::{Likeness, lengths, text, time};
use crate::gorgias::wire::SatisfactionSurvey;
use crate::mapping::Rating;
use crate::model::verification::{Aspect, Difference, MatchClass};

/// What differs between a rating that was sent and the survey that is there.
pub(super) fn compare_rating(should: &Rating, is: Option<&SatisfactionSurvey>) -> Vec<Difference> {
    let differs =
        |should: String, is: String| Difference::new(Aspect::Rating, MatchClass::Differs, should, is);
    let Some(is) = is else { return vec![differs(steps(Some(should.score)), "no rating".to_owned())] };
    let mut differences = Vec::new();
    if is.score != Some(should.score) {
        differences.push(differs(steps(Some(should.score)), steps(is.score)));
    }
    match text(should.remark.as_deref(), is.body_text.as_deref()) {
        Likeness::Same => {}
        Likeness::Normalised => {
            differences.push(normalised(Aspect::Rating, "the same remark but for spaces"));
        }
        Likeness::Different => {
            let (should, is) = lengths(should.remark.as_deref(), is.body_text.as_deref());
            differences.push(differs(format!("a remark of {should}"), is));
        }
    }
    differences.extend(should.at.and_then(|at| time(Aspect::Rating, at, is.scored_datetime)));
    differences
}

fn steps(score: Option<u8>) -> String {
    score.map_or_else(|| "nothing".to_owned(), |score| format!("{score} of 5"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn score_remark_and_time_are_compared() {
        let should = Rating {
            score: 5,
            remark: Some("Thank you".to_owned()),
            at: Some("2024-02-01T00:00:00Z".parse().unwrap()),
        };
        let survey = |changes: serde_json::Value| -> SatisfactionSurvey {
            let mut survey = serde_json::json!({"id": 1, "ticket_id": 2, "customer_id": 3, "score": 5,
                "body_text": "Thank you", "scored_datetime": "2024-02-01T00:00:00+00:00"});
            let changes = changes.as_object().unwrap().clone();
            survey.as_object_mut().unwrap().extend(changes);
            serde_json::from_value(survey).unwrap()
        };
        let class = |changes| {
            let survey = survey(changes);
            crate::model::verification::class_of(&compare_rating(&should, Some(&survey)))
        };
        assert_eq!(class(serde_json::json!({})), MatchClass::Identical);
        assert_eq!(class(serde_json::json!({"body_text": "Thank  you"})), MatchClass::Normalised);
        for change in [
            serde_json::json!({"score": 1}),
            serde_json::json!({"body_text": "No"}),
            serde_json::json!({"scored_datetime": "2025-02-01T00:00:00+00:00"}),
        ] {
            assert_eq!(class(change.clone()), MatchClass::Differs, "{change}");
        }
        assert_eq!(compare_rating(&should, None)[0].found, "no rating");
        let told =
            format!("{:?}", compare_rating(&should, Some(&survey(serde_json::json!({"body_text": "x"})))));
        assert!(!told.contains("Thank"), "no texts: {told}");
    }
}
