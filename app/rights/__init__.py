"""What people may ask of us about their own data: to see it, to have it put right, to have it erased; and how long we keep it.

The room knows no table but its own: every other room declares what it holds of people (`app.kernel.personal`), and the wiring
gathers that. Access packages, corrections sent to sources, erasures with their certificates, legal holds and retention live here.
"""
