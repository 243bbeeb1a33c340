"use strict";
// Starts GraphiQL with what the server put into the page: a query to begin with and, on this machine
// in development only, a token.
(function () {
  const start = JSON.parse(document.getElementById("start").textContent);
  const headers = start.token ? { Authorization: "Bearer " + start.token } : { Authorization: "Bearer TOKEN" };

  async function fetcher(request, options) {
    const response = await fetch("/graphql", {
      method: "POST",
      headers: {
        Accept: "application/graphql-response+json, application/json;q=0.9",
        "Content-Type": "application/json",
        // The schema is fetched before anyone has edited the headers.
        ...headers,
        ...(options && options.headers),
      },
      body: JSON.stringify(request),
    });
    return response.json();
  }

  ReactDOM.createRoot(document.getElementById("graphiql")).render(
    React.createElement(GraphiQL, {
      fetcher,
      defaultQuery: start.query,
      defaultHeaders: JSON.stringify(headers, null, 2),
      isHeadersEditorEnabled: true,
      shouldPersistHeaders: false,
      defaultEditorToolsVisibility: "headers",
    }),
  );
})();
