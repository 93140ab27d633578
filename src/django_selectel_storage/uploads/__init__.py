"""Direct uploads: from the browser straight into the container. An opt-in application of its own.

limits, settings, parts, filenames  pure: what may be uploaded, what the project wishes, how it is cut, file names
grants, bearers, policy, claims     sealed permissions, who acts, who may, who was first
targets, places, flow, redeeming    which field, where to, the steps of an upload, its way into a form
"""
