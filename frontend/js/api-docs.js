import SwaggerUIBundle from 'swagger-ui-dist/swagger-ui-bundle.js'

const place = document.getElementById('api-docs')

SwaggerUIBundle({
  url: place.dataset.url,
  domNode: place,
  deepLinking: false, // links inside buttons cannot be reached with every assistive technology
  docExpansion: 'list',
  defaultModelsExpandDepth: -1,
  validatorUrl: null,
  tryItOutEnabled: true,
  onComplete: tidy
})

// The page has a main part and a first heading of its own: what Swagger UI brings stands below them.
function tidy() {
  place.querySelectorAll('main').forEach((main) => main.setAttribute('role', 'group'))
  place.querySelectorAll('h3.opblock-tag').forEach((heading) => heading.setAttribute('aria-level', '2'))
}
