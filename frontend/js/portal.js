import { enliven, enlivenSwaps } from './shared.js'

enliven(document.body)
enlivenSwaps()
