// Single keys for work that is done a hundred times a day: what carries data-fp-key is pressed by that key.
// They can be turned off, and are, in this browser, until they are turned on again.
const KEPT = 'fp-keys-off'

function isOff() {
  try {
    return localStorage.getItem(KEPT) === '1'
  } catch {
    return false
  }
}

function keep(off) {
  try {
    localStorage.setItem(KEPT, off ? '1' : '')
  } catch {
    // A browser that keeps nothing has its keys on.
  }
}

export function enableKeys() {
  const desk = document.querySelector('[data-fp-keys]')
  if (!desk) return
  let off = isOff()
  let pressed = false
  const toggle = desk.querySelector('[data-fp-keys-toggle]')
  const show = () => {
    for (const key of desk.querySelectorAll('kbd')) key.hidden = off
    if (toggle) toggle.textContent = off ? toggle.dataset.fpOn : toggle.dataset.fpOff
  }
  for (const help of desk.querySelectorAll('[data-fp-keys-help]')) help.hidden = false
  toggle?.addEventListener('click', () => {
    off = !off
    keep(off)
    show()
  })
  show()
  document.addEventListener('keydown', (event) => {
    const typing = event.target.closest?.('input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]')
    if (off || pressed || typing || event.repeat || event.ctrlKey || event.metaKey || event.altKey) return
    const target = desk.querySelector(`[data-fp-key="${CSS.escape(event.key.toLowerCase())}"]`)
    if (!target) return
    event.preventDefault()
    pressed = target.matches('button[type=submit]')
    target.click()
  })
  // Going back to a page that the browser kept must not leave it deaf.
  window.addEventListener('pageshow', () => {
    pressed = false
  })
}
