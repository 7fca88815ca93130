import { Alert, ButtonMenu, SortableTable } from '@ministryofjustice/frontend'
import { enableCombo } from './combo.js'
import { enableKeys } from './keys.js'
import { enliven, enlivenSwaps } from './shared.js'

const more = [Alert, ButtonMenu, SortableTable]
enliven(document.body, more)
enlivenSwaps(more)
enableCombo()
enableKeys()

// "/" jumps to the search box, as staff who search a hundred times a day expect.
document.addEventListener('keydown', (event) => {
  const typing = event.target.closest?.('input, textarea, select, [contenteditable]')
  const box = document.querySelector('[data-fp-search]')
  if (event.key !== '/' || typing || !box || event.ctrlKey || event.metaKey || event.altKey) return
  event.preventDefault()
  box.focus()
})
