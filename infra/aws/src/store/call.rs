//! One call of a table, and what it may have found.

use aws_sdk_dynamodb::{
    error::{ProvideErrorMetadata, SdkError},
    operation::{
        delete_item::builders::DeleteItemFluentBuilder,
        get_item::builders::GetItemFluentBuilder,
        put_item::{PutItemError, builders::PutItemFluentBuilder},
        query::builders::QueryFluentBuilder,
        update_item::{UpdateItemError, builders::UpdateItemFluentBuilder},
    },
    types::{
        ReturnValue, ReturnValuesOnConditionCheckFailure, error::ConditionalCheckFailedException as Condition,
    },
};
use symbolon::ports::{PortResult, Unavailable};

use super::attributes::Attributes;
use crate::failure::{self, Throttled};

/// How often a step is begun again because others wrote in between. Each time one of them got through, so a step that
/// needs more than this is not in a race but in a flood.
pub(super) const TRIES: usize = 16;

/// Outcome of a conditional write.
pub(super) enum Written {
    /// The condition held. After an update, the item as it is now.
    Done(Attributes),
    /// It did not, and nothing was written. The item as it is, if there is one.
    Refused(Option<Attributes>),
}

/// Changes an item on a condition.
pub(super) async fn update(step: &'static str, call: UpdateItemFluentBuilder) -> PortResult<Written> {
    let sent = call
        .return_values(ReturnValue::AllNew)
        .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
        .send()
        .await;
    match sent {
        Ok(output) => Ok(Written::Done(output.attributes.unwrap_or_default())),
        Err(error) => refused(step, error, |error| match error {
            UpdateItemError::ConditionalCheckFailedException(condition) => Some(condition),
            _ => None,
        }),
    }
}

/// Writes a whole item on a condition.
pub(super) async fn put(step: &'static str, call: PutItemFluentBuilder) -> PortResult<Written> {
    let sent = call
        .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
        .send()
        .await;
    match sent {
        Ok(_) => Ok(Written::Done(Attributes::new())),
        Err(error) => refused(step, error, |error| match error {
            PutItemError::ConditionalCheckFailedException(condition) => Some(condition),
            _ => None,
        }),
    }
}

/// Deletes an item, or leaves it if the condition does not hold.
pub(super) async fn delete(step: &'static str, call: DeleteItemFluentBuilder) -> PortResult<()> {
    match call.send().await {
        Ok(_) => Ok(()),
        Err(error) if is_condition(&error) => Ok(()),
        Err(error) => Err(unavailable(step, &error)),
    }
}

/// Reads an item as it is at this moment.
pub(super) async fn get(step: &'static str, call: GetItemFluentBuilder) -> PortResult<Option<Attributes>> {
    match call.consistent_read(true).send().await {
        Ok(output) => Ok(output.item),
        Err(error) => Err(unavailable(step, &error)),
    }
}

/// Reads every item of one partition as it is at this moment.
pub(super) async fn all(step: &'static str, call: QueryFluentBuilder) -> PortResult<Vec<Attributes>> {
    let mut items = Vec::new();
    let mut pages = call.consistent_read(true).into_paginator().send();
    while let Some(page) = pages.next().await {
        match page {
            Ok(output) => items.extend(output.items.unwrap_or_default()),
            Err(error) => return Err(unavailable(step, &error)),
        }
    }
    Ok(items)
}

fn refused<E: ProvideErrorMetadata>(
    step: &'static str,
    error: SdkError<E>,
    condition: impl FnOnce(E) -> Option<Condition>,
) -> PortResult<Written> {
    match error {
        SdkError::ServiceError(refused) if refused.err().code() == Some(CONDITION) => Ok(Written::Refused(
            condition(refused.into_err()).and_then(|found| found.item),
        )),
        error => Err(unavailable(step, &error)),
    }
}

/// The code of a condition that did not hold.
const CONDITION: &str = "ConditionalCheckFailedException";

fn is_condition<E: ProvideErrorMetadata>(error: &SdkError<E>) -> bool {
    error.code() == Some(CONDITION)
}

fn unavailable<E: ProvideErrorMetadata>(step: &'static str, error: &SdkError<E>) -> Unavailable {
    failure::unavailable(&format!("store: {step}"), Throttled::Store, error)
}

/// Others wrote each time in between.
pub(super) fn contended(step: &'static str) -> Unavailable {
    Unavailable(format!("store: {step}: contended"))
}
