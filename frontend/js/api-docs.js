import SwaggerUIBundle from 'swagger-ui-dist/swagger-ui-bundle.js'

const place = document.getElementById('api-docs')
SwaggerUIBundle({
  url: place.dataset.url,
  domNode: place,
  deepLinking: true,
  docExpansion: 'list',
  defaultModelsExpandDepth: 0,
  validatorUrl: null,
  tryItOutEnabled: true
})
