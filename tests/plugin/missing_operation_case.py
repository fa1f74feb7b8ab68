# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs inside a gimp-console that has the plug-in but not the operations."""

import gi
gi.require_version('Gimp', '3.0')
from gi.repository import Gimp

import gimp_session

image = Gimp.Image.new(8, 8, Gimp.ImageBaseType.RGB)
layer = Gimp.Layer.new(image, 'layer', 8, 8, Gimp.ImageType.RGB_IMAGE, 100, Gimp.LayerMode.NORMAL)
image.insert_layer(layer, None, 0)
procedure = Gimp.get_pdb().lookup_procedure('plug-in-pentimento-denoise')
config = procedure.create_config()
config.set_property('image', image)
config.set_core_object_array('drawables', [layer])
result = procedure.run(config)
refused = result.index(0) == Gimp.PDBStatusType.EXECUTION_ERROR and 'pentimento:denoise is not installed' in result.index(1)
gimp_session.record('a missing operation is reported', '' if refused else str(result.index(0)))
