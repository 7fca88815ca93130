import SwaggerUIBundle from 'swagger-ui-dist/swagger-ui-bundle.js'

const place = document.getElementById('api-docs')

SwaggerUIBundle({
  url: place.dataset.url,
  domNode: place,
  layout: 'PartOfOurPage',
  plugins: [partOfOurPage],
  deepLinking: false, // links inside buttons cannot be reached with every assistive technology
  docExpansion: 'list',
  defaultModelsExpandDepth: -1,
  validatorUrl: null,
  tryItOutEnabled: true,
  onComplete: tidy
})

// The page has a main part and a first heading already: Swagger UI's own layout would put a second of each into it.
function partOfOurPage({ React: { createElement: h } }) {
  function PartOfOurPage({ getComponent, specSelectors, errSelectors }) {
    const part = (name) => h(getComponent(name, true))
    const status = specSelectors.loadingStatus()
    if (!specSelectors.specStr() || status === 'loading') {
      return h('div', { className: 'swagger-ui' }, errSelectors.lastError() ? part('errors') : h('div', { className: 'loading' }))
    }
    return h('div', { className: 'swagger-ui' },
      part('SvgAssets'),
      part('errors'),
      h('div', { className: 'scheme-container' }, h('div', { className: 'schemes wrapper' }, part('AuthorizeBtnContainer'))),
      h('div', { className: 'wrapper', id: 'operations' }, part('operations'))
    )
  }
  return { components: { PartOfOurPage } }
}

// What Swagger UI brings stands below the page's own heading.
function tidy() {
  place.querySelectorAll('h3.opblock-tag').forEach((heading) => heading.setAttribute('aria-level', '2'))
}
