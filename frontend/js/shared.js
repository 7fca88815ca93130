// Behaviour that both front ends share. Every page works without any of it.
import htmx from 'htmx.org'
import {
  Accordion, Button, CharacterCount, Checkboxes, ErrorSummary, FileUpload, NotificationBanner,
  PasswordInput, Radios, SkipLink, Tabs, createAll, isSupported
} from 'govuk-frontend'

const parts = [
  Accordion, CharacterCount, Checkboxes, ErrorSummary, FileUpload, NotificationBanner, PasswordInput, Radios, SkipLink, Tabs
]

// A second press on a submit button within a second is a slip of the hand, not a second enquiry.
export function enliven(scope, more = []) {
  if (isSupported()) {
    createAll(Button, { preventDoubleClick: true }, { scope })
    for (const Part of [...parts, ...more]) createAll(Part, undefined, { scope })
  }
  scope.querySelectorAll('[data-fp-copy]').forEach(copyButton)
  scope.querySelectorAll('[data-fp-print]').forEach(printButton)
  scope.querySelectorAll('select[data-fp-submit]').forEach(submitOnChange)
  scope.querySelectorAll('[data-fp-asked-if]').forEach(askInTurn)
}

// A question that depends on another comes up when its turn comes. The server decides for itself what was asked.
function askInTurn(part) {
  if (part.dataset.fpReady) return
  part.dataset.fpReady = 'yes'
  const form = part.closest('form')
  const values = part.dataset.fpValues.split(' ')
  const show = () => {
    const chosen = new FormData(form).getAll(part.dataset.fpAskedIf)
    part.hidden = !chosen.some((value) => values.includes(value))
  }
  form.addEventListener('change', show)
  show()
}

function copyButton(button) {
  if (!navigator.clipboard || button.dataset.fpReady) return
  button.dataset.fpReady = 'yes'
  button.hidden = false
  const said = button.textContent
  button.addEventListener('click', async () => {
    await navigator.clipboard.writeText(button.dataset.fpCopy)
    button.textContent = button.dataset.fpCopied
    setTimeout(() => { button.textContent = said }, 3000)
  })
}

function printButton(button) {
  button.hidden = false
  button.addEventListener('click', () => window.print())
}

function submitOnChange(select) {
  select.addEventListener('change', () => select.form.requestSubmit())
}

// What htmx has swapped in is enlivened like the page was, and errors take the focus as they do after a full load.
export function enlivenSwaps(more = []) {
  document.addEventListener('htmx:after:swap', (event) => {
    const target = event.detail?.ctx?.target ?? event.target
    const scope = target instanceof Element && target.isConnected ? target : document.body
    enliven(scope.parentElement ?? document.body, more)
    scope.querySelector('.govuk-error-summary')?.focus()
  })
}

export { htmx }
