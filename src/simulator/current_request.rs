//! Which request is being answered, for those deep inside who have to name it.

use std::future::Future;

/// What a request is known by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::simulator) struct CurrentRequest {
    /// Method and path.
    pub(in crate::simulator) line: String,
    /// The client's own id of it, or ours.
    pub(in crate::simulator) client_request_id: String,
}

tokio::task_local! {
    static CURRENT: CurrentRequest;
}

/// Answers a request.
pub(in crate::simulator) async fn within<F: Future>(
    request: CurrentRequest,
    answer: F,
) -> F::Output {
    CURRENT.scope(request, answer).await
}

/// The `client-request-id` of the request under way; empty outside of one.
pub(in crate::simulator) fn client_request_id() -> String {
    let id = CURRENT.try_with(|request| request.client_request_id.clone());
    id.unwrap_or_default()
}

/// Method and path of the request under way; none outside of one.
pub(in crate::simulator) fn line() -> Option<String> {
    CURRENT.try_with(|request| request.line.clone()).ok()
}
