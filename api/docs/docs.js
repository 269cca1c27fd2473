// Shows the API's description. No other site's is shown, whatever the address asks for.
"use strict";
SwaggerUIBundle({
  url: "/openapi.json", dom_id: "#description", deepLinking: true, queryConfigEnabled: false, validatorUrl: null,
  showExtensions: true, showCommonExtensions: true, defaultModelsExpandDepth: -1, presets: [SwaggerUIBundle.presets.apis],
});
