//! Answers that are bytes: files in a media type of their own, and downloads that GitHub keeps on other servers, where the
//! token does not go.

use super::ApiError;
use super::client::Client;
use super::connection::Ask;
use crate::http::Answer;

impl Client {
    /// Reads in another media type than GitHub's JSON.
    ///
    /// # Errors
    /// Whatever [`Fault`] says; [`Fault::TooLong`] for an answer of more than `most` bytes.
    pub fn get_bytes(
        &mut self,
        path: &str,
        accept: &'static str,
        most: usize,
    ) -> Result<Vec<u8>, ApiError> {
        self.get_raw(path, accept, most).map(|answer| answer.body)
    }

    /// As [`Client::get_bytes`], with the headers.
    pub(super) fn get_raw(
        &mut self,
        path: &str,
        accept: &'static str,
        most: usize,
    ) -> Result<Answer, ApiError> {
        self.ask(path, Ask::get(Some(accept), most, false))
    }

    /// Reads what GitHub keeps on another server. Only the first request knows the token.
    ///
    /// # Errors
    /// As [`Client::get_bytes`]; [`Fault::Astray`] and [`Fault::Storage`] where the other server is at fault.
    pub fn download(&mut self, path: &str, most: usize) -> Result<Vec<u8>, ApiError> {
        self.ask(path, Ask::get(None, most, true))
            .map(|answer| answer.body)
    }
}
