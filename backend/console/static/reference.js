// The interactive reference, from assets that lie on this server.
window.SwaggerUIBundle({ url: "/schema/openapi.json", dom_id: "#reference", deepLinking: true, tryItOutEnabled: true, validatorUrl: null });
