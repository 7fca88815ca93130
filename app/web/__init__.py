"""The UI kit both front ends stand on: layouts, components, forms, error pages, languages, security headers."""
