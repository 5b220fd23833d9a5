import { render } from 'preact'
import { fetchModel } from './api.ts'
import { App } from './app.tsx'
import './explorer.css'

const root = document.getElementById('app')!

fetchModel().then(
  (model) => render(<App model={model} />, root),
  (error: Error) => render(<p class="problem">{error.message}</p>, root),
)
