"""From storyboard to file: layout, typography, drawing, composition, encoding, sound."""
